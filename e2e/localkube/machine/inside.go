package machine

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ironkeep.io/localkube/layout"
)

// Isolate gives this machine its own view of files: its own processes in /proc, an empty /run with the home and
// the locks in it, and /var in a folder of the home, if one is given.
func Isolate(home layout.Home, varFolder string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	// Folders are opened first: the mounts may hide them.
	sources := map[string]string{string(layout.Inside()): string(home), layout.Locks: layout.Locks}
	if varFolder != "" {
		sources["/var"] = varFolder
	}
	opened := map[string]int{}
	for target, source := range sources {
		folder, err := unix.Open(source, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		defer unix.Close(folder)
		opened[target] = folder
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := unix.Mount("run", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	for target, folder := range opened {
		if err := bind(folder, target); err != nil {
			return err
		}
	}
	return protectKernel()
}

func bind(folder int, target string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", folder), target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s: %w", target, err)
	}
	return nil
}

// tuned are the settings that a kubelet insists on changing. They are the whole computer's, not a namespace's.
var tuned = []string{
	"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
	"kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

// protectKernel gives this machine copies of those settings to write to, so that the computer's stay as they are.
func protectKernel() error {
	for _, name := range tuned {
		setting, stand := "/proc/sys/"+name, "/run/sys/"+name
		value, err := os.ReadFile(setting)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(stand), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(stand, value, 0o644); err != nil {
			return err
		}
		if err := unix.Mount(stand, setting, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s: %w", setting, err)
		}
	}
	return nil
}

// ShareMounts lets mounts made from now on reach the containers that ask for them, as systemd does at boot.
func ShareMounts() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, "") }
