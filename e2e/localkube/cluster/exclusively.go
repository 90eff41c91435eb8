package cluster

import (
	"os"
	"path/filepath"
	"syscall"

	"ironkeep.io/localkube/layout"
)

// exclusively lets only one command at a time start or stop things on this computer, and gives what lets the next
// one go on.
func exclusively() (func(), error) {
	for {
		file, err := lockCommand()
		if err != nil {
			return nil, err
		}
		// The command before may have been `down`, which removes the file: then the lock is worth nothing.
		if isStill(file) {
			return func() { file.Close() }, nil
		}
		file.Close()
	}
}

func commandLock() string { return filepath.Join(layout.Locks, "command") }

func lockCommand() (*os.File, error) {
	if err := os.MkdirAll(layout.Locks, 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(commandLock())
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		Say("another command is at work; waiting for it")
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
	}
	return file, err
}

func isStill(file *os.File) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	present, err := os.Stat(commandLock())
	return err == nil && os.SameFile(mine, present)
}
