// Package main is localkube: a real Kubernetes on one bare computer, for end-to-end tests.
//
// Takes: a command (see usage). Gives: its work. The machines of the cluster are this program too, started with
// the hidden command `machine`. It must not leave anything behind after `down`.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"ironkeep.io/localkube/cluster"
	"ironkeep.io/localkube/control"
	"ironkeep.io/localkube/images"
	"ironkeep.io/localkube/layout"
	"ironkeep.io/localkube/node"
	"ironkeep.io/localkube/storage"
)

const usage = `localkube: a real Kubernetes on this computer. Usage: localkube COMMAND

  build                          build all programs (every command does, if something changed)
  up [--nodes N]                 start a cluster (2 nodes), or bring changed images to the one that runs
  down                           stop it and remove all of it
  status                         what runs
  env                            print what to export: KUBECONFIG, PATH with kubectl and helm
  kubectl ... | helm ...         run them on this cluster
  logs [PROCESS [lines]]         the names of all logs, or the end of one

  images                         build the images of the catalog
  image NAME PROGRAM...          build an image of programs of this computer
  load                           build the catalog's images and bring all changed ones to the nodes

  cut NODE | heal NODE           unplug a node's network, plug it in again
  kill NODE | start NODE         take a node's power, start it again (or one more node)
  enter MACHINE COMMAND...       run a command in the namespaces of control, node1, ...
  signal [-n NAMESPACE] POD[/CONTAINER] SIGNAL
                                 send a signal, such as KILL, to the processes of a container
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "localkube:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("wrong arguments; `localkube help` tells the right ones")

func run(args []string) error {
	home, err := layout.OfProgram()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"help"}
	}
	command, args := args[0], args[1:]
	switch command {
	case "up":
		return up(home, args)
	case "down":
		return cluster.Down(home)
	case "status":
		return cluster.Status(home, os.Stdout)
	case "env":
		fmt.Printf("export KUBECONFIG=%s\nexport PATH=%s:$PATH\n", home.Admin(), home.Path())
		return nil
	case "kubectl", "helm":
		return become(home, command, args)
	case "logs":
		return logs(home, args)
	case "images", "image", "load":
		return image(home, command, args)
	case "cut", "heal", "kill", "start":
		return fault(home, command, args)
	case "enter":
		return enter(args)
	case "signal":
		return signal(home, args)
	case "machine":
		return machine(args)
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	}
	return errUsage
}

func up(home layout.Home, args []string) error {
	flags := flag.NewFlagSet("up", flag.ContinueOnError)
	nodes := flags.Int("nodes", 2, "number of nodes")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errUsage
	}
	if *nodes < 1 || *nodes > layout.MaxNodes {
		return fmt.Errorf("--nodes: 1 to %d", layout.MaxNodes)
	}
	return cluster.Up(home, *nodes)
}

// become replaces this program by a tool that works on the cluster.
func become(home layout.Home, tool string, args []string) error {
	environment := append(os.Environ(), "KUBECONFIG="+home.Admin())
	return syscall.Exec(home.Bin(tool), append([]string{tool}, args...), environment)
}

func image(home layout.Home, command string, args []string) error {
	if command == "image" {
		if len(args) < 2 {
			return errUsage
		}
		return images.Build(home, args[0], args[1:], cluster.Say)
	}
	if len(args) > 0 {
		return errUsage
	}
	if err := images.BuildAll(home, cluster.Say); err != nil || command == "images" {
		return err
	}
	return cluster.Load(home)
}

func fault(home layout.Home, command string, args []string) error {
	if len(args) != 1 {
		return errUsage
	}
	node, err := layout.ParseNode(args[0])
	if err != nil {
		return err
	}
	switch command {
	case "cut":
		return cluster.Cut(node)
	case "heal":
		return cluster.Heal(node)
	case "kill":
		return cluster.Kill(node)
	}
	return cluster.Start(home, node)
}

func signal(home layout.Home, args []string) error {
	flags := flag.NewFlagSet("signal", flag.ContinueOnError)
	namespace := flags.String("n", "default", "namespace")
	if err := flags.Parse(args); err != nil || flags.NArg() != 2 {
		return errUsage
	}
	name := strings.ToUpper(flags.Arg(1))
	number := unix.SignalNum("SIG" + strings.TrimPrefix(name, "SIG"))
	if parsed, err := strconv.Atoi(name); err == nil && parsed > 0 {
		number = syscall.Signal(parsed)
	}
	if number == 0 {
		return fmt.Errorf("no signal is called %s", name)
	}
	pod, container, _ := strings.Cut(flags.Arg(0), "/")
	return cluster.Signal(home, *namespace, pod, container, number)
}

// enter runs a program of this computer in the namespaces of a machine of the cluster.
func enter(args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	command, err := cluster.Enter(args[0], args[1:])
	if err != nil {
		return err
	}
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	return command.Run()
}

// machine is what this program does inside of the cluster's machines: as process 1 of one, as the provisioner of
// volumes, or to start a node from within the control plane's machine.
func machine(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "storage":
		return storage.Run(layout.Inside())
	case len(args) == 3 && args[0] == "start":
		number, err := layout.ParseNode(args[1])
		if err != nil {
			return err
		}
		return node.Start(layout.Home(args[2]), number)
	case len(args) == 2 && args[0] == layout.Control:
		return control.Run(layout.Home(args[1]))
	case len(args) == 2:
		number, err := layout.ParseNode(args[0])
		if err != nil {
			return err
		}
		return node.Run(layout.Home(args[1]), number)
	}
	return errUsage
}
