package cluster

import (
	"context"
	"fmt"
	"io"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
)

// Status writes what runs and what the API server says of the nodes. It fails if no cluster is up.
func Status(home layout.Home, out io.Writer) error {
	pid, owner, err := machine.Holder(layout.Control)
	if err != nil {
		return err
	}
	if pid == 0 {
		return errDown
	}
	fmt.Fprintf(out, "%-9s runs as process %d, of %s\n", layout.Control, pid, owner.Repository())
	for _, n := range layout.Nodes(layout.MaxNodes) {
		if pid, _, err := machine.Holder(n.Name()); err == nil && pid != 0 {
			fmt.Fprintf(out, "%-9s runs as process %d\n", n.Name(), pid)
		}
	}
	client, err := connect(owner)
	if err != nil {
		return err
	}
	nodes, err := client.CoreV1().Nodes().List(context.Background(), meta.ListOptions{})
	if err != nil {
		return err
	}
	for i := range nodes.Items {
		node := &nodes.Items[i]
		state := "NotReady"
		if isReady(node) {
			state = "Ready"
		}
		if node.Spec.Unschedulable {
			state += ", cordoned"
		}
		fmt.Fprintf(out, "%-9s %s, %s\n", node.Name, state, node.Labels["topology.kubernetes.io/zone"])
	}
	return nil
}
