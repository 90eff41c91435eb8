package images

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// architecture is this computer's, as Go and container images call it.
const architecture = runtime.GOARCH

// triplets are the names of the library folders of Debian.
var triplets = map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}

// addDynamic adds a program and what it needs to run: the loader where the program looks for it, and the libraries
// where that loader looks for them. root is the folder of the Debian system that the program belongs to.
func (t tree) addDynamic(name, root, program string) error {
	file, err := resolve(root, program)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	t.addProgram(name, body)
	loader, needed, err := needs(file)
	if err != nil || loader == "" {
		return err
	}
	file, err = resolve(root, loader)
	if err != nil {
		file, err = resolve(root, "/usr"+loader) // where /lib64 is a link to it that the packages don't have
	}
	if err != nil {
		return fmt.Errorf("%s: its loader: %w", program, err)
	}
	if body, err = os.ReadFile(file); err != nil {
		return err
	}
	t.addProgram(strings.TrimPrefix(loader, "/"), body)
	return t.addLibraries(root, needed)
}

// addLibraries adds libraries and those that they need in turn.
func (t tree) addLibraries(root string, queue []string) error {
	folder := "usr/lib/" + triplets[architecture]
	for len(queue) > 0 {
		library := queue[0]
		queue = queue[1:]
		name := folder + "/" + library
		if _, known := t[name]; known || strings.HasPrefix(library, "ld-linux") {
			continue
		}
		file, err := find(root, library)
		if err != nil {
			return err
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		_, needed, err := needs(file)
		if err != nil {
			return err
		}
		t[name] = entry{mode: 0o644, body: body}
		queue = append(queue, needed...)
	}
	return nil
}

// needs are the loader that a program names, if any, and the libraries.
func needs(file string) (loader string, libraries []string, err error) {
	binary, err := elf.Open(file)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", file, err)
	}
	defer binary.Close()
	for _, segment := range binary.Progs {
		if segment.Type == elf.PT_INTERP {
			text := make([]byte, segment.Filesz)
			if _, err := segment.ReadAt(text, 0); err != nil {
				return "", nil, err
			}
			loader = strings.TrimRight(string(text), "\x00")
		}
	}
	libraries, err = binary.ImportedLibraries()
	return loader, libraries, err
}

// find looks for a library where Debian has them.
func find(root, library string) (string, error) {
	triplet := triplets[architecture]
	for _, folder := range []string{"usr/lib/" + triplet, "lib/" + triplet, "usr/lib/" + triplet + "/systemd", "usr/lib", "lib"} {
		if file, err := resolve(root, filepath.Join(folder, library)); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("no library %s under %s", library, root)
}

// resolve follows symbolic links as if root were /.
func resolve(root, name string) (string, error) {
	const most = 16
	for range most {
		file := filepath.Join(root, name)
		target, err := os.Readlink(file)
		if err != nil {
			_, err = os.Stat(file)
			return file, err
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir("/"+name), target)
		}
		name = target
	}
	return "", errors.New(name + ": too many symbolic links")
}
