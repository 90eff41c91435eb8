// Package cluster starts, stops and changes the cluster from outside of its machines.
//
// up.go starts it, down.go stops it, ready.go tells when it is ready, faults.go breaks nodes, status.go tells
// how it is.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"ironkeep.io/localkube/certs"
	"ironkeep.io/localkube/control"
	"ironkeep.io/localkube/health"
	"ironkeep.io/localkube/images"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
	"ironkeep.io/localkube/node"
)

// begun is when this program began: progress is told in seconds from then on.
var begun = time.Now()

// Say tells how far things are.
func Say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "localkube: %5.1f s  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, values...))
}

// Up starts a cluster of count nodes and returns when it is ready. One that is up already gets the nodes that don't run
// and the images that changed; one that was left half started is cleaned away first.
func Up(home layout.Home, count int) error {
	unlock, err := exclusively()
	if err != nil {
		return err
	}
	defer unlock()
	if err := images.BuildAll(home, Say); err != nil {
		return err
	}
	isUp, err := check(home)
	if err != nil {
		return err
	}
	if isUp {
		Say("up already")
		err = bringBack(home, layout.Nodes(count))
	} else {
		err = begin(home)
	}
	if err != nil {
		return err
	}
	if err := complete(home, layout.Nodes(count)); err != nil {
		return fmt.Errorf("%w\nlogs are in %s; `localkube down` cleans up", err, home.Logs())
	}
	Say("ready: export KUBECONFIG=%s", home.Admin())
	return nil
}

// check tells whether the cluster is up and complete. A complete one of another home is an error.
func check(home layout.Home) (bool, error) {
	pid, owner, err := machine.Holder(layout.Control)
	if err != nil || pid == 0 {
		return false, err
	}
	if _, err := os.Stat(marker(owner)); err != nil {
		return false, nil
	}
	if owner != home {
		return false, fmt.Errorf("a cluster of %s is up on this computer; `localkube down` stops it", owner.Repository())
	}
	return true, nil
}

// marker is the file that says that a cluster was started completely.
func marker(home layout.Home) string { return home.Run("ready") }

// bringBack starts the nodes of a running cluster that don't run.
func bringBack(home layout.Home, nodes []layout.Node) error {
	return eachNode(nodes, func(node layout.Node) error {
		if pid, _, err := machine.Holder(node.Name()); err != nil || pid != 0 {
			return err
		}
		return Start(home, node)
	})
}

// begin starts the control plane of a new cluster.
func begin(home layout.Home) error {
	if err := errors.Join(clean(home), os.RemoveAll(home.Logs())); err != nil {
		return err
	}
	for _, folder := range []string{home.Volumes(), home.Logs()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if err := certs.WriteAll(home, layout.Nodes(layout.MaxNodes)); err != nil {
		return err
	}
	if err := control.Start(home); err != nil {
		return err
	}
	Say("control plane started")
	return nil
}

// complete brings nodes that don't run and images that are not there, and waits until all is ready.
func complete(home layout.Home, nodes []layout.Node) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	bring := func(node layout.Node) error {
		if pid, _, err := machine.Holder(node.Name()); err != nil || pid == 0 {
			return errors.Join(err, startNode(ctx, home, node))
		}
		return load(ctx, home, node)
	}
	if err := eachNode(nodes, bring); err != nil {
		return err
	}
	Say("%d nodes run, with all images", len(nodes))
	if err := awaitReady(ctx, home, nodes); err != nil {
		return err
	}
	return os.WriteFile(marker(home), nil, 0o644)
}

// startNode starts a node and brings the images to it.
func startNode(ctx context.Context, home layout.Home, n layout.Node) error {
	pid, _, err := machine.Holder(layout.Control)
	if err != nil {
		return err
	}
	start := machine.Enter(pid, layout.Inside().Bin("localkube"), "machine", "start", n.Name(), string(home))
	if _, err := machine.Output(start); err != nil {
		return err
	}
	return load(ctx, home, n)
}

// load brings the images to a node as soon as its containerd answers.
func load(ctx context.Context, home layout.Home, n layout.Node) error {
	pid, _, err := machine.Holder(n.Name())
	if err != nil || pid == 0 {
		return fmt.Errorf("%s does not run (%w)", n.Name(), err)
	}
	socket := fmt.Sprintf("/proc/%d/root%s", pid, node.Socket)
	if err := await(ctx, n.Name()+"'s containerd answers", func() bool { return health.Listens("unix", socket) }); err != nil {
		return err
	}
	return images.Load(home, pid, node.Socket, home.Run(n.Name(), "images"))
}

// Load brings the images that changed to all nodes that run.
func Load(home layout.Home) error {
	pid, owner, err := machine.Holder(layout.Control)
	if err != nil {
		return err
	}
	if pid == 0 || owner != home {
		return errDown
	}
	names, err := machine.Running()
	if err != nil {
		return err
	}
	var nodes []layout.Node
	for _, name := range names {
		if node, err := layout.ParseNode(name); err == nil {
			nodes = append(nodes, node)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return eachNode(nodes, func(node layout.Node) error { return load(ctx, home, node) })
}

// eachNode does something for all nodes at once and gives the first error.
func eachNode(nodes []layout.Node, do func(layout.Node) error) error {
	var group sync.WaitGroup
	failures := make(chan error, len(nodes))
	for _, node := range nodes {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := do(node); err != nil {
				failures <- err
			}
		}()
	}
	group.Wait()
	close(failures)
	return <-failures
}
