package cluster

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ironkeep.io/localkube/cgroups"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
	"ironkeep.io/localkube/network"
	"ironkeep.io/localkube/node"
)

// errDown is the answer to whoever wants something from a cluster that is not there.
var errDown = errors.New("no cluster is up; `localkube up` starts one")

// Cut unplugs a node: its pods run on, but nobody else can reach it and it reaches nobody.
func Cut(n layout.Node) error { return plug(n, "down") }

// Heal plugs a node in again.
func Heal(n layout.Node) error { return plug(n, "up") }

func plug(n layout.Node, state string) error {
	pid, _, err := machine.Holder(layout.Control)
	if err != nil {
		return err
	}
	if pid == 0 {
		return errDown
	}
	return network.Plug(pid, n, state)
}

// Kill takes the power from a node: all of its processes end at once. Its volumes stay.
func Kill(n layout.Node) error {
	if pid, _, err := machine.Holder(n.Name()); err != nil || pid == 0 {
		return errors.Join(err, fmt.Errorf("%s does not run", n.Name()))
	}
	if err := machine.Kill(n.Name()); err != nil {
		return err
	}
	return cgroups.Remove(node.Group(n))
}

// Start starts a node that was killed, or one more, and returns when it is Ready.
func Start(home layout.Home, n layout.Node) error {
	if pid, _, err := machine.Holder(layout.Control); err != nil || pid == 0 {
		return errors.Join(err, errDown)
	}
	if pid, _, err := machine.Holder(n.Name()); err != nil || pid != 0 {
		return errors.Join(err, fmt.Errorf("%s runs already", n.Name()))
	}
	client, err := connect(home)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	before := heartbeat(ctx, client, n)
	if err := startNode(ctx, home, n); err != nil {
		return err
	}
	return await(ctx, n.Name()+" is Ready", func() bool {
		object, err := client.CoreV1().Nodes().Get(ctx, n.Name(), meta.GetOptions{})
		return err == nil && isReady(object) && heartbeat(ctx, client, n) != before
	})
}

// Signal sends a signal to all processes of a pod's container, which is how a process dies without its node's or
// its pod's knowledge. Without a container's name the pod must have just one.
func Signal(home layout.Home, namespace, pod, container string, signal syscall.Signal) error {
	client, err := connect(home)
	if err != nil {
		return err
	}
	object, err := client.CoreV1().Pods(namespace).Get(context.Background(), pod, meta.GetOptions{})
	if err != nil {
		return err
	}
	id, err := containerID(object, container)
	if err != nil {
		return err
	}
	processes, err := cgroups.Processes(layout.Cgroup, id)
	if err != nil {
		return fmt.Errorf("container %s does not run: %w", id, err)
	}
	for _, process := range processes {
		number, err := strconv.Atoi(process)
		if err != nil {
			return err
		}
		if err := syscall.Kill(number, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	return nil
}

// Enter gives the command that runs a program in the namespaces of a machine, to see what goes on there.
func Enter(name string, args []string) (*exec.Cmd, error) {
	pid, _, err := machine.Holder(name)
	if err != nil {
		return nil, err
	}
	if pid == 0 {
		return nil, fmt.Errorf("%s does not run", name)
	}
	return machine.Enter(pid, args...), nil
}

func containerID(pod *core.Pod, name string) (string, error) {
	if name == "" && len(pod.Spec.Containers) > 1 {
		return "", fmt.Errorf("pod %s has several containers: say POD/CONTAINER", pod.Name)
	}
	for _, status := range pod.Status.ContainerStatuses {
		if name == "" || status.Name == name {
			if _, id, found := strings.Cut(status.ContainerID, "://"); found {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("pod %s has no such container that runs", pod.Name)
}
