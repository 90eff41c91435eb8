package machine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ironkeep.io/localkube/layout"
)

// held keeps the lock file of this machine open: the kernel lets go of the lock when this process ends, and
// tells others the number of the process that holds it, so there are no stale numbers and no wrong ones.
var held *os.File

// Hold takes the lock of a machine for this process. The file tells whose cluster it is.
func Hold(machine string, home layout.Home) error {
	file, err := os.OpenFile(layout.Lock(machine), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_SETLK, &lock); err != nil {
		return fmt.Errorf("%s runs already: %w", machine, err)
	}
	held = file
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err = file.WriteString(string(home))
	return err
}

// Holder tells the process that runs a machine, and the home of its cluster; 0 if it does not run.
func Holder(machine string) (pid int, home layout.Home, err error) {
	file, err := os.Open(layout.Lock(machine))
	if errors.Is(err, os.ErrNotExist) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", err
	}
	defer file.Close()
	lock := syscall.Flock_t{Type: syscall.F_RDLCK}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_GETLK, &lock); err != nil {
		return 0, "", err
	}
	if lock.Type == syscall.F_UNLCK {
		return 0, "", nil
	}
	content, err := io.ReadAll(file)
	return int(lock.Pid), layout.Home(content), err
}

// Running are the names of the machines that run.
func Running() ([]string, error) {
	files, err := filepath.Glob(layout.Lock("*"))
	var names []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".lock")
		if pid, _, err := Holder(name); err == nil && pid != 0 {
			names = append(names, name)
		}
	}
	return names, err
}

// Kill ends a machine at once and waits until all of its processes are gone.
func Kill(machine string) error {
	pid, _, err := Holder(machine)
	if err != nil || pid == 0 {
		return err
	}
	process, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(process)
	if still, _, err := Holder(machine); err != nil || still != pid {
		return err
	}
	if err := unix.PidfdSendSignal(process, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	return awaitEnd(machine, process)
}

// awaitEnd waits for the end of process 1, which the kernel lets end after all the others.
func awaitEnd(machine string, process int) error {
	const patience = 15 * time.Second
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		poll := []unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}}
		if ready, err := unix.Poll(poll, 1000); err == nil && ready == 1 {
			return nil
		}
	}
	return fmt.Errorf("%s does not end within %s of being killed", machine, patience)
}
