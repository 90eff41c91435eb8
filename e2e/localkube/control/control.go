// Package control is the machine of the control plane: etcd, the API server, the controller manager, the
// scheduler, DNS, the provisioner of volumes, and a kube-proxy so that this computer reaches services through it.
//
// Runs as process 1 of its namespaces and never returns once set up.
package control

import (
	"os"

	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
	"ironkeep.io/localkube/network"
	"ironkeep.io/localkube/supervise"
)

// Start starts the machine, seen from this computer.
func Start(home layout.Home) error {
	return machine.Start(home, layout.Control, network.CableToHost, "machine", layout.Control, string(home))
}

// Run is the machine's process 1.
func Run(outside layout.Home) error {
	err := setUp(outside)
	machine.Report(err)
	if err != nil {
		return err
	}
	home := layout.Inside()
	supervise.New(home).Forever(processes(home)...)
	return nil
}

func setUp(outside layout.Home) error {
	if err := machine.Hold(layout.Control, outside); err != nil {
		return err
	}
	if err := machine.AwaitGoAhead(); err != nil {
		return err
	}
	if err := machine.Isolate(outside, ""); err != nil {
		return err
	}
	if err := network.SetUpControl(); err != nil {
		return err
	}
	return writeConfiguration(layout.Inside())
}

func writeConfiguration(home layout.Home) error {
	files := map[string]string{"Corefile": corefile(home), "proxy.yaml": proxyConfiguration(home)}
	for name, content := range files {
		if err := os.WriteFile(home.Run(name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
