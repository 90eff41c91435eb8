// Package machine makes a machine out of a process: namespaces of its own for processes, mounts and network,
// of which it is process 1. Whoever kills that process ends everything in it, mounts and network included;
// that is how a node loses power, and how the cluster is stopped.
//
// start.go starts one and talks to it, inside.go is what its process 1 does first, lock.go tells who runs.
package machine

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"ironkeep.io/localkube/layout"
)

// The file descriptors by which a new machine is told to go on and tells that it is set up.
const (
	goAhead = 3
	report  = 4
)

// Start runs this program as process 1 of a new machine: `localkube COMMAND ARGS`. prepare connects the network
// of the process that it gets; then the machine goes on. Start returns when the machine says that it is set up.
func Start(home layout.Home, log string, prepare func(pid int) error, args ...string) error {
	goRead, goWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	defer goWrite.Close()
	reportRead, reportWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	defer reportRead.Close()
	output, err := os.OpenFile(home.Log(log), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer output.Close()

	command := exec.Command(home.Bin("localkube"), args...)
	command.Dir = "/"
	command.Stdout, command.Stderr = output, output
	command.ExtraFiles = []*os.File{goRead, reportWrite}
	command.SysProcAttr = &syscall.SysProcAttr{
		Setsid: true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS |
			syscall.CLONE_NEWIPC,
	}
	err = command.Start()
	goRead.Close()
	reportWrite.Close()
	if err != nil {
		return err
	}
	if err := prepare(command.Process.Pid); err != nil {
		return errors.Join(err, command.Process.Kill())
	}
	if _, err := goWrite.WriteString("go\n"); err != nil {
		return err
	}
	said, _ := bufio.NewReader(reportRead).ReadString('\n')
	if said != "ready\n" {
		return fmt.Errorf("%s did not start: %s (see %s)", strings.Join(args, " "), strings.TrimSpace(said), home.Log(log))
	}
	return command.Process.Release()
}

// AwaitGoAhead waits, in the new machine, until its network is connected. If whoever started it has died by
// then, so does the machine.
func AwaitGoAhead() error {
	file := os.NewFile(goAhead, "go-ahead")
	defer file.Close()
	if said, err := bufio.NewReader(file).ReadString('\n'); said != "go\n" {
		return fmt.Errorf("no go-ahead: %w", err)
	}
	return nil
}

// Report tells whoever started this machine that it is set up, or why not.
func Report(failure error) {
	file := os.NewFile(report, "report")
	defer file.Close()
	if failure == nil {
		fmt.Fprintln(file, "ready")
		return
	}
	fmt.Fprintln(file, failure)
}

// Enter gives the command that runs args in the namespaces of a machine.
func Enter(pid int, args ...string) *exec.Cmd {
	enter := []string{"--target", fmt.Sprint(pid), "--mount", "--net", "--pid", "--uts", "--ipc", "--"}
	command := exec.Command("nsenter", append(enter, args...)...)
	command.Dir = "/"
	return command
}

// Output runs a command and puts what it said into the error, if it fails.
func Output(command *exec.Cmd) (string, error) {
	said, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, strings.TrimSpace(string(said)))
	}
	return string(said), nil
}
