// Package cgroups makes and removes the control groups under which pods run, on machines with
// either version of control groups.
//
// Takes: a path such as localkube/node1. Must not touch groups outside of it: on version 2 it only
// passes the controllers on to it.
package cgroups

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const mountpoint = "/sys/fs/cgroup"

// unified tells whether this machine has version 2.
func unified() bool {
	_, err := os.Stat(filepath.Join(mountpoint, "cgroup.controllers"))
	return err == nil
}

// hierarchies are the roots of all hierarchies.
func hierarchies() ([]string, error) {
	if unified() {
		return []string{mountpoint}, nil
	}
	entries, err := os.ReadDir(mountpoint)
	if err != nil {
		return nil, err
	}
	var roots []string
	for _, entry := range entries {
		root := filepath.Join(mountpoint, entry.Name())
		if _, err := os.Stat(filepath.Join(root, "cgroup.procs")); err == nil && entry.IsDir() {
			roots = append(roots, root)
		}
	}
	return roots, nil
}

// Make makes the group in every hierarchy.
func Make(group string) error {
	roots, err := hierarchies()
	if err != nil {
		return err
	}
	for _, root := range roots {
		if err := os.MkdirAll(filepath.Join(root, group), 0o755); err != nil {
			return err
		}
		if err := delegate(root, group); err != nil {
			return err
		}
	}
	return nil
}

// delegate hands every controller down to the group (version 2), or this machine's CPUs and memory nodes,
// without which no process may join (version 1).
func delegate(root, group string) error {
	folder := root
	for _, part := range strings.Split(group, "/") {
		if unified() {
			if err := handControllersDown(folder); err != nil {
				return err
			}
		}
		parent := folder
		folder = filepath.Join(folder, part)
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if value, err := os.ReadFile(filepath.Join(parent, file)); err == nil && !unified() {
				if err := os.WriteFile(filepath.Join(folder, file), value, 0o644); err != nil {
					return err
				}
			}
		}
	}
	if unified() {
		return handControllersDown(folder)
	}
	return nil
}

func handControllersDown(folder string) error {
	controllers, err := os.ReadFile(filepath.Join(folder, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, controller := range strings.Fields(string(controllers)) {
		// One that cannot be handed down is not needed by pods; a needed one is missed by the kubelet, which says so.
		_ = os.WriteFile(filepath.Join(folder, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
	}
	return nil
}

// Remove removes the group and all below it. Its processes have been killed already; the last may still be on
// their way out, so it tries for a while.
func Remove(group string) error {
	roots, err := hierarchies()
	if err != nil {
		return err
	}
	for _, root := range roots {
		if err := removeTree(filepath.Join(root, group)); err != nil {
			return err
		}
	}
	return nil
}

func removeTree(top string) error {
	var err error
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var folders []string
		_ = filepath.WalkDir(top, func(path string, entry fs.DirEntry, walkErr error) error {
			if walkErr == nil && entry.IsDir() {
				folders = append(folders, path)
			}
			return nil
		})
		err = nil
		for i := len(folders) - 1; i >= 0; i-- {
			if failure := os.Remove(folders[i]); failure != nil && !errors.Is(failure, fs.ErrNotExist) {
				err = failure
			}
		}
		if err == nil {
			return nil
		}
	}
	return err
}

// Processes are the processes of the group with that name, wherever it lies below group: their numbers as this
// program's own PID namespace counts.
func Processes(group, name string) ([]string, error) {
	roots, err := hierarchies()
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		var processes []string
		found := false
		_ = filepath.WalkDir(filepath.Join(root, group), func(path string, entry fs.DirEntry, walkErr error) error {
			if walkErr != nil || !entry.IsDir() || entry.Name() != name {
				return nil
			}
			found = true
			content, err := os.ReadFile(filepath.Join(path, "cgroup.procs"))
			if err == nil {
				processes = strings.Fields(string(content))
			}
			return fs.SkipAll
		})
		if found {
			return processes, nil
		}
	}
	return nil, fs.ErrNotExist
}
