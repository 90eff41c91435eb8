package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ironkeep.io/localkube/layout"
)

// logs prints the last lines of a process' log, or the names of all logs with their sizes.
func logs(home layout.Home, args []string) error {
	if len(args) == 0 {
		return listLogs(home)
	}
	count := 100
	if len(args) == 2 {
		parsed, err := strconv.Atoi(args[1])
		if err != nil || parsed < 1 {
			return errUsage
		}
		count = parsed
	}
	if len(args) > 2 || args[0] != filepath.Base(args[0]) {
		return errUsage
	}
	content, err := os.ReadFile(home.Log(args[0]))
	if err != nil {
		return err
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	_, err = os.Stdout.Write(bytes.Join(lines[max(0, len(lines)-count-1):], nil))
	return err
}

func listLogs(home layout.Home) error {
	files, err := filepath.Glob(home.Log("*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if about, err := os.Stat(file); err == nil {
			fmt.Printf("%-20s %8d bytes  %s\n", strings.TrimSuffix(filepath.Base(file), ".log"), about.Size(), file)
		}
	}
	return nil
}
