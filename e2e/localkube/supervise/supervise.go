// Package supervise keeps processes running: it is the work of process 1 of a machine.
//
// Takes: commands. Gives: each one's output in a log file, and a new start a second after it ended.
// It also buries orphans, so nothing else in the same program may wait for children once Forever runs.
package supervise

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"ironkeep.io/localkube/layout"
)

// pauseBeforeRestart keeps a process that cannot start from eating a CPU.
const pauseBeforeRestart = time.Second

// Process is a command that is to run for ever.
type Process struct {
	// Name is the name of its log.
	Name string
	// Args are the program's path and its arguments.
	Args []string
	// Env is added to this program's environment.
	Env []string
	// After waits until the process may start, if it is given.
	After func()
}

// Supervisor starts processes and starts them again.
type Supervisor struct {
	home    layout.Home
	mutex   sync.Mutex
	running map[int]Process
}

// New gives a supervisor that logs into the home's log folder.
func New(home layout.Home) *Supervisor {
	return &Supervisor{home: home, running: map[int]Process{}}
}

// Forever starts the processes and never returns.
func (s *Supervisor) Forever(processes ...Process) {
	for _, process := range processes {
		go func() {
			if process.After != nil {
				process.After()
			}
			s.start(process)
		}()
	}
	for {
		pid, err := syscall.Wait4(-1, nil, 0, nil)
		if err != nil {
			time.Sleep(10 * time.Millisecond) // no children yet
			continue
		}
		s.mutex.Lock()
		process, known := s.running[pid]
		delete(s.running, pid)
		s.mutex.Unlock()
		if known {
			s.note(process, "ended, starting it again")
			time.AfterFunc(pauseBeforeRestart, func() { s.start(process) })
		}
	}
}

// start holds the lock until the number is noted, or the end of a short-lived process would be missed.
func (s *Supervisor) start(process Process) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	log, err := s.log(process)
	if err != nil {
		return
	}
	defer log.Close()
	started, err := os.StartProcess(process.Args[0], process.Args, &os.ProcAttr{
		Env:   append(os.Environ(), process.Env...),
		Files: []*os.File{nil, log, log},
	})
	if err != nil {
		fmt.Fprintln(log, "localkube: can't start:", err)
		time.AfterFunc(pauseBeforeRestart, func() { s.start(process) })
		return
	}
	s.running[started.Pid] = process
	_ = started.Release()
}

func (s *Supervisor) log(process Process) (*os.File, error) {
	return os.OpenFile(s.home.Log(process.Name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
}

func (s *Supervisor) note(process Process, text string) {
	if log, err := s.log(process); err == nil {
		fmt.Fprintf(log, "localkube: %s %s %s\n", time.Now().Format(time.RFC3339), process.Name, text)
		log.Close()
	}
}
