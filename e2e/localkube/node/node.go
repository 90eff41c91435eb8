// Package node is a machine that runs pods: containerd, a kubelet and a kube-proxy.
//
// Runs as process 1 of its namespaces, which lie within those of the control plane's processes, and never
// returns once set up. What it writes lies in run/NAME of the home: var is its /var, etc its configuration.
package node

import (
	"os"
	"path/filepath"

	"ironkeep.io/localkube/cgroups"
	"ironkeep.io/localkube/control"
	"ironkeep.io/localkube/health"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
	"ironkeep.io/localkube/network"
	"ironkeep.io/localkube/supervise"
)

// Socket is containerd's, as the node sees it.
const Socket = "/run/containerd/containerd.sock"

// Group is the control group of a node's pods.
func Group(node layout.Node) string { return layout.Cgroup + "/" + node.Name() }

// Start starts a node, seen from the control plane's namespaces. outside is the home as this computer sees it.
func Start(outside layout.Home, node layout.Node) error {
	connect := func(pid int) error { return network.CableToNode(node, pid) }
	return machine.Start(layout.Inside(), node.Name(), connect, "machine", node.Name(), string(outside))
}

// Run is the node's process 1.
func Run(outside layout.Home, node layout.Node) error {
	err := setUp(outside, node)
	machine.Report(err)
	if err != nil {
		return err
	}
	home := layout.Inside()
	supervise.New(home).Forever(
		supervise.Process{Name: node.Name() + "-containerd", Args: containerd(home, node)},
		supervise.Process{Name: node.Name() + "-kubelet", Args: kubelet(home, node), After: func() {
			health.AwaitSocket("unix", Socket)
			health.AwaitAPI()
		}},
		supervise.Process{Name: node.Name() + "-proxy", Args: control.Proxy(home, node), After: health.AwaitAPI},
	)
	return nil
}

func setUp(outside layout.Home, node layout.Node) error {
	if err := machine.Hold(node.Name(), outside); err != nil {
		return err
	}
	if err := machine.AwaitGoAhead(); err != nil {
		return err
	}
	// The home of this process is the control plane's view of it, which this machine's own view is made from.
	home := layout.Inside()
	own := home.Run(node.Name(), "var")
	if err := makeVar(own); err != nil {
		return err
	}
	if err := forgetAddresses(own); err != nil {
		return err
	}
	if err := machine.Isolate(home, own); err != nil {
		return err
	}
	if err := machine.ShareMounts(); err != nil {
		return err
	}
	if err := network.SetUpNode(node); err != nil {
		return err
	}
	if err := cgroups.Make(Group(node)); err != nil {
		return err
	}
	return writeConfiguration(home, node)
}

// makeVar makes the folders that programs expect to be there.
func makeVar(own string) error {
	for _, folder := range []string{"lib", "log", "tmp"} {
		if err := os.MkdirAll(filepath.Join(own, folder), 0o755); err != nil {
			return err
		}
	}
	err := os.Symlink("/run", filepath.Join(own, "run"))
	if os.IsExist(err) {
		return nil
	}
	return err
}

// forgetAddresses frees the addresses of pods that ended with the node's power, but keeps the place in the range:
// as in most networks, the next pods get others.
func forgetAddresses(own string) error {
	given, err := filepath.Glob(filepath.Join(own, "lib", "cni", "pods", "[0-9]*"))
	for _, address := range given {
		if err := os.Remove(address); err != nil {
			return err
		}
	}
	return err
}
