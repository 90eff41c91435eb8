package cluster

import (
	"context"
	"fmt"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"ironkeep.io/localkube/health"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/storage"
)

// patience is how long a cluster or a node may take to start.
const patience = 2 * time.Minute

func connect(home layout.Home) (kubernetes.Interface, error) {
	configuration, err := clientcmd.BuildConfigFromFlags("", home.Admin())
	if err != nil {
		return nil, err
	}
	configuration.Timeout = 5 * time.Second
	return kubernetes.NewForConfig(configuration)
}

// awaitReady returns when users would call the cluster ready: they can make pods with volumes that find each other.
func awaitReady(ctx context.Context, home layout.Home, nodes []layout.Node) error {
	client, err := connect(home)
	if err != nil {
		return err
	}
	stages := []struct {
		name string
		done func() bool
	}{
		{"API server answers", func() bool { return apiAnswers(ctx, client) }},
		{"nodes are Ready", func() bool { return countReady(ctx, client) >= len(nodes) }},
		{"default storage class is there", func() bool {
			_, err := client.StorageV1().StorageClasses().Get(ctx, storage.DefaultClass, meta.GetOptions{})
			return err == nil
		}},
		{"service accounts are there", func() bool {
			_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", meta.GetOptions{})
			return err == nil
		}},
		{"DNS answers", func() bool { return health.DNS(ctx) }},
		{"services are reached from here", func() bool { return health.Listens("tcp", layout.APIService+":443") }},
	}
	for _, stage := range stages {
		if err := await(ctx, stage.name, stage.done); err != nil {
			return err
		}
		Say("%s", stage.name)
	}
	return nil
}

func await(ctx context.Context, name string, done func() bool) error {
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %s", name)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func apiAnswers(ctx context.Context, client kubernetes.Interface) bool {
	answer, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	return err == nil && string(answer) == "ok"
}

func countReady(ctx context.Context, client kubernetes.Interface) int {
	nodes, err := client.CoreV1().Nodes().List(ctx, meta.ListOptions{})
	if err != nil {
		return 0
	}
	count := 0
	for i := range nodes.Items {
		if isReady(&nodes.Items[i]) {
			count++
		}
	}
	return count
}

func isReady(node *core.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == core.NodeReady {
			return condition.Status == core.ConditionTrue
		}
	}
	return false
}

// heartbeat is the time at which a kubelet last told how its node is.
func heartbeat(ctx context.Context, client kubernetes.Interface, n layout.Node) meta.Time {
	object, err := client.CoreV1().Nodes().Get(ctx, n.Name(), meta.GetOptions{})
	if err != nil {
		return meta.Time{}
	}
	for _, condition := range object.Status.Conditions {
		if condition.Type == core.NodeReady {
			return condition.LastHeartbeatTime
		}
	}
	return meta.Time{}
}
