package layout

import "testing"

func TestNamesOfNodesAreReadAsTheyAreWritten(t *testing.T) {
	for _, node := range Nodes(MaxNodes) {
		if read, err := ParseNode(node.Name()); err != nil || read != node {
			t.Errorf("%s: %v, %v", node.Name(), read, err)
		}
	}
	for _, wrong := range []string{"", "node", "node0", "node10", "node01", "node1 ", "1", "control", "node-1"} {
		if _, err := ParseNode(wrong); err == nil {
			t.Errorf("%q is taken for a node", wrong)
		}
	}
}
