// Package network connects the machines of the cluster: a bridge in the control plane's namespace, a port on it
// for each node and one for this computer, and routes to the pods.
//
// Takes: machines by the number of their process 1. Must not touch this computer's own network beyond
// one interface and the routes through it, which go away with the control plane's namespace.
package network

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
)

// ip runs commands of the program ip, one a line, in order.
func ip(format string, values ...any) error {
	command := exec.Command("ip", "-batch", "-")
	command.Stdin = strings.NewReader(fmt.Sprintf(format, values...))
	_, err := machine.Output(command)
	return err
}

// CableToHost lays the cable between this computer and the control plane, seen from this computer.
// Services are reached through the control plane, pods through their nodes.
func CableToHost(control int) error {
	if err := ip(`
		link add %[1]s type veth peer name host netns %[2]d
		address add %[3]s/24 dev %[1]s
		link set %[1]s up
		route add %[4]s via %[5]s`,
		layout.HostLink, control, layout.HostIP, layout.ServiceNet, layout.ControlIP); err != nil {
		return err
	}
	return routesToPods(0)
}

// RemoveCable removes what CableToHost made, if the end of the namespace has not yet done so.
func RemoveCable() error {
	if _, err := os.Stat("/sys/class/net/" + layout.HostLink); err != nil {
		return nil
	}
	if err := ip("link delete %s", layout.HostLink); err != nil {
		if _, gone := os.Stat("/sys/class/net/" + layout.HostLink); gone != nil {
			return nil
		}
		return err
	}
	return nil
}

// SetUpControl makes the bridge, in the control plane's namespace. Its MAC address is given, or it would change with
// every port, and nobody would find it for seconds.
func SetUpControl() error {
	if err := ip(`
		link set lo up
		link add %[1]s address %[3]s type bridge forward_delay 0
		address add %[2]s/24 dev %[1]s
		link set %[1]s up
		link set host master %[1]s up`, layout.Bridge, layout.ControlIP, layout.ControlMAC); err != nil {
		return err
	}
	if err := forward(); err != nil {
		return err
	}
	return routesToPods(0)
}

// CableToNode lays the cable between a new node and the bridge, seen from the control plane.
func CableToNode(node layout.Node, pid int) error {
	_ = ip("link delete %s", node.Link()) // of a node that was killed a moment ago
	return ip(`
		link add %[1]s type veth peer name eth0 address %[4]s netns %[2]d
		link set %[1]s master %[3]s up`, node.Link(), pid, layout.Bridge, node.MAC())
}

// SetUpNode gives a node its address and routes, in the node's namespace.
func SetUpNode(node layout.Node) error {
	if err := ip(`
		link set lo up
		address add %s/24 dev eth0
		link set eth0 up
		route add default via %s`, node.IP(), layout.ControlIP); err != nil {
		return err
	}
	if err := forward(); err != nil {
		return err
	}
	return routesToPods(node)
}

// Plug connects or disconnects a node, in the control plane's namespace.
func Plug(control int, node layout.Node, state string) error {
	_, err := machine.Output(machine.Enter(control, "ip", "link", "set", node.Link(), state))
	return err
}

// routesToPods leads to the pods of all nodes that there may ever be, but for the own node.
func routesToPods(own layout.Node) error {
	var routes strings.Builder
	for _, node := range layout.Nodes(layout.MaxNodes) {
		if node != own {
			fmt.Fprintf(&routes, "route add %s via %s\n", node.PodNet(), node.IP())
		}
	}
	return ip("%s", routes.String())
}

// forward makes a namespace a router that never tells anybody to go another way.
func forward() error {
	settings := map[string]string{
		"ip_forward":                  "1",
		"conf/all/rp_filter":          "0",
		"conf/default/rp_filter":      "0",
		"conf/all/send_redirects":     "0",
		"conf/default/send_redirects": "0",
	}
	for name, value := range settings {
		if err := os.WriteFile("/proc/sys/net/ipv4/"+name, []byte(value), 0o644); err != nil {
			return err
		}
	}
	// Interfaces that are there already have their own switch, and the stricter one counts.
	interfaces, err := os.ReadDir("/proc/sys/net/ipv4/conf")
	if err != nil {
		return err
	}
	for _, one := range interfaces {
		for _, name := range []string{"rp_filter", "send_redirects"} {
			if err := os.WriteFile("/proc/sys/net/ipv4/conf/"+one.Name()+"/"+name, []byte("0"), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
