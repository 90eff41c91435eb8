// Package layout says where everything is and what it is called: folders, addresses, nodes.
//
// Takes: nothing but the place of the running program. Gives: names and paths.
// It must not touch the disk or the network.
package layout

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	// Locks is the folder on this machine that holds a lock file for each running machine of the cluster.
	// It is the same inside and outside of their namespaces.
	Locks = "/run/localkube"
	// inside is where the home folder appears in every namespace: a short path, whatever it is outside.
	inside = "/run/home"
	// Control is the name of the machine that runs the control plane.
	Control = "control"
	// Cgroup is the group under which all pods run, in every hierarchy.
	Cgroup = "localkube"
	// Version is the version of Kubernetes.
	Version = "v1.34.4"

	// HostLink is the only thing on this machine's own network: its cable to the cluster.
	HostLink = "localkube0"
	// Bridge joins the machines; it is in the namespace of the control plane.
	Bridge = "bridge0"

	Subnet      = "10.97.0.0/24"
	ControlIP   = "10.97.0.1"
	ControlMAC  = "02:00:0a:61:00:01"
	HostIP      = "10.97.0.254"
	PodNet      = "10.244.0.0/16"
	ServiceNet  = "10.96.0.0/16"
	APIService  = "10.96.0.1"
	APIEndpoint = "https://" + ControlIP + ":6443"
	DNSDomain   = "cluster.local"

	// MaxNodes is how many nodes the addresses and zone letters are enough for.
	MaxNodes = 9
)

// Home is the folder .localkube of a repository: programs, images, and what a running cluster writes.
type Home string

// OfProgram finds the home of the running program, which lies in its bin folder.
func OfProgram() (Home, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	return Home(filepath.Dir(filepath.Dir(program))), nil
}

// Inside is the home as the machines of the cluster see it.
func Inside() Home { return inside }

// Bin is a program.
func (h Home) Bin(name string) string { return filepath.Join(string(h), "bin", name) }

// Path is the folder of programs.
func (h Home) Path() string { return filepath.Join(string(h), "bin") }

// Run is a file of the running cluster; all of them go when it stops.
func (h Home) Run(parts ...string) string {
	return filepath.Join(append([]string{string(h), "run"}, parts...)...)
}

// Volumes is the folder with a folder for each persistent volume.
func (h Home) Volumes() string { return h.Run("volumes") }

// Logs is the folder of logs. They outlive the cluster, until the next one starts.
func (h Home) Logs() string { return filepath.Join(string(h), "log") }

// Log is the log of a process.
func (h Home) Log(process string) string { return filepath.Join(h.Logs(), process+".log") }

// Images is the folder of image archives.
func (h Home) Images() string { return filepath.Join(string(h), "images") }

// Kubeconfig is the access of a user of the cluster.
func (h Home) Kubeconfig(user string) string { return h.Run(user + ".kubeconfig") }

// Admin is the access that people and tests use.
func (h Home) Admin() string { return h.Run("kubeconfig") }

// Repository is the folder that holds the home.
func (h Home) Repository() string { return filepath.Dir(string(h)) }

// Lock is the lock file of a machine of the cluster.
func Lock(machine string) string { return filepath.Join(Locks, machine+".lock") }

// Node is one node, by its number from 1.
type Node int

// ParseNode reads a name such as node1.
func ParseNode(name string) (Node, error) {
	var number int
	digits, found := strings.CutPrefix(name, "node")
	if _, err := fmt.Sscanf(digits, "%d", &number); !found || err != nil || number < 1 || number > MaxNodes ||
		Node(number).Name() != name {
		return 0, fmt.Errorf("%q is not the name of a node (node1 to node%d)", name, MaxNodes)
	}
	return Node(number), nil
}

// Nodes are the first count nodes.
func Nodes(count int) []Node {
	nodes := make([]Node, count)
	for i := range nodes {
		nodes[i] = Node(i + 1)
	}
	return nodes
}

func (n Node) Name() string   { return fmt.Sprintf("node%d", int(n)) }
func (n Node) IP() string     { return fmt.Sprintf("10.97.0.%d", 10+int(n)) }
func (n Node) PodNet() string { return fmt.Sprintf("10.244.%d.0/24", int(n)) }

// MAC is always the same: others need not find out that a node came back with another one.
func (n Node) MAC() string { return fmt.Sprintf("02:00:0a:61:00:%02x", 10+int(n)) }

// Zone is a zone of its own for each node.
func (n Node) Zone() string { return "zone-" + string(rune('a'+int(n)-1)) }

// Link is the node's port on the bridge, in the namespace of the control plane.
func (n Node) Link() string { return n.Name() }
