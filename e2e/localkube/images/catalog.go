// Package images makes container images without a registry and brings them to the nodes.
//
// Takes: programs of this repository, of this computer and of unpacked Debian packages. Gives: one archive an image
// in the home, written anew only when its content changes. Every image has one layer, runs as user 999, and has
// a /data and a /tmp.
package images

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ironkeep.io/localkube/layout"
)

// Pause is the image of every pod's first container.
const Pause = "localhost/pause:dev"

// source is how an image of the catalog is made. It answers os.ErrNotExist, with a word on what to do about it,
// when what it is made of is not there.
type source struct {
	image string
	fill  func(tree, layout.Home) (command string, err error)
}

func catalog() []source {
	return []source{
		{Pause, pause},
		{"localhost/busybox:dev", busybox},
		{"localhost/valkey:9.1", engine("sid", "valkey")},
		{"localhost/valkey:8.1", engine("trixie", "valkey")},
		{"localhost/valkey:8.0", engine("bookworm-backports", "valkey")},
		{"localhost/redis:8.0", engine("sid", "redis")},
		{"localhost/redis:7.0", engine("bookworm", "redis")},
		{"localhost/ironkeep-server:dev", own("ironkeep-server")},
		{"localhost/ironkeep-operator:dev", own("ironkeep-operator")},
	}
}

func pause(content tree, home layout.Home) (string, error) {
	body, err := os.ReadFile(home.Bin("pause"))
	content.addProgram("pause", body)
	return "/pause", err
}

// busybox is a shell and the usual programs in one file.
func busybox(content tree, _ layout.Home) (string, error) {
	const program = "bin/busybox"
	body, err := os.ReadFile("/" + program)
	if err != nil {
		return "", fmt.Errorf("%w (Debian package busybox-static)", err)
	}
	content.addProgram(program, body)
	listed, err := exec.Command("/"+program, "--list").Output()
	for _, applet := range strings.Fields(string(listed)) {
		if applet != "busybox" {
			content["bin/"+applet] = entry{mode: 0o777, target: "busybox"}
		}
	}
	return "sh", err
}

// engine is the server and the command line client of Valkey or Redis, from the packages of a Debian suite.
func engine(suite, name string) func(tree, layout.Home) (string, error) {
	return func(content tree, home layout.Home) (string, error) {
		root := filepath.Join(home.Repository(), ".peers", suite)
		for _, program := range []string{name + "-server", name + "-cli"} {
			if err := content.addDynamic("usr/local/bin/"+program, root, "usr/bin/"+program); err != nil {
				return "", advise(err, "make peers-all")
			}
		}
		return name + "-server", nil
	}
}

// own is a program of this repository, without what only debuggers read: as it is shipped.
func own(program string) func(tree, layout.Home) (string, error) {
	return func(content tree, home layout.Home) (string, error) {
		built := filepath.Join(home.Repository(), "target", "release", program)
		if _, err := os.Stat(built); err != nil {
			return "", advise(err, "cargo build --release -p "+program)
		}
		folder, err := os.MkdirTemp("", "image-")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(folder)
		stripped := filepath.Join(folder, program)
		if output, err := exec.Command("strip", "-o", stripped, built).CombinedOutput(); err != nil {
			return "", fmt.Errorf("strip %s: %w: %s", built, err, output)
		}
		return program, content.addDynamic("usr/local/bin/"+program, "/", stripped)
	}
}

func advise(err error, todo string) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w (%s)", err, todo)
	}
	return err
}
