package images

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/machine"
)

// Load brings all archives that changed since the last time to a node, whose process 1 is pid.
// socket is containerd's as the node sees it, loaded is the folder that notes what the node has.
func Load(home layout.Home, pid int, socket, loaded string) error {
	archives, err := filepath.Glob(filepath.Join(home.Images(), "*.tar"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(loaded, 0o755); err != nil {
		return err
	}
	for _, archive := range archives {
		if err := loadOne(archive, fmt.Sprintf("/proc/%d/root%s", pid, socket), filepath.Join(loaded, filepath.Base(archive))); err != nil {
			return err
		}
	}
	return nil
}

func loadOne(archive, socket, note string) error {
	content, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	sum := fmt.Appendf(nil, "%x", sha256.Sum256(content))
	if noted, err := os.ReadFile(note); err == nil && bytes.Equal(noted, sum) {
		return nil
	}
	command := exec.Command("ctr", "--address", socket, "--namespace", "k8s.io", "images", "import", "-")
	command.Stdin = bytes.NewReader(content)
	if _, err := machine.Output(command); err != nil {
		return err
	}
	return os.WriteFile(note, sum, 0o644)
}
