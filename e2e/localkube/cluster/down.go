package cluster

import (
	"os"
	"path/filepath"

	"ironkeep.io/localkube/cgroups"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
	"ironkeep.io/localkube/network"
)

// Down stops the cluster that runs on this computer, whosever it is, and removes what it left. Only logs and
// images stay.
func Down(home layout.Home) error {
	unlock, err := exclusively()
	if err != nil {
		return err
	}
	defer unlock()
	if err := clean(home); err != nil {
		return err
	}
	if err := os.RemoveAll(layout.Locks); err != nil {
		return err
	}
	Say("stopped, nothing is left")
	return nil
}

// clean ends all machines and removes what they would leave. The nodes' processes are in the PID namespace of the
// control plane, and end with it. With the last process of a machine the kernel removes its mounts and its network,
// so only groups and files are left to do.
func clean(home layout.Home) error {
	_, owner, err := machine.Holder(layout.Control)
	if err != nil {
		return err
	}
	if err := machine.Kill(layout.Control); err != nil {
		return err
	}
	if err := network.RemoveCable(); err != nil {
		return err
	}
	if err := cgroups.Remove(layout.Cgroup); err != nil {
		return err
	}
	if locks, err := filepath.Glob(layout.Lock("*")); err == nil {
		for _, lock := range locks {
			_ = os.Remove(lock)
		}
	}
	if owner != "" && owner != home {
		if err := os.RemoveAll(owner.Run()); err != nil {
			return err
		}
	}
	return os.RemoveAll(home.Run())
}
