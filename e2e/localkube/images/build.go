package images

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ironkeep.io/localkube/layout"
)

// BuildAll makes the images of the catalog, but for those whose programs are not there: say is told of them.
func BuildAll(home layout.Home, say func(format string, values ...any)) error {
	for _, source := range catalog() {
		content := newTree()
		command, err := source.fill(content, home)
		if errors.Is(err, os.ErrNotExist) {
			say("image %s left out: %s", source.image, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("image %s: %w", source.image, err)
		}
		if err := save(home, source.image, content, command, say); err != nil {
			return err
		}
	}
	return nil
}

// Build makes an image of programs of this computer: each lies in /usr/local/bin, the first one is its command.
func Build(home layout.Home, image string, programs []string, say func(format string, values ...any)) error {
	content := newTree()
	for _, program := range programs {
		absolute, err := filepath.Abs(program)
		if err != nil {
			return err
		}
		if err := content.addDynamic("usr/local/bin/"+filepath.Base(program), "/", absolute); err != nil {
			return err
		}
	}
	return save(home, image, content, filepath.Base(programs[0]), say)
}

// save writes an archive if there is none with the same content.
func save(home layout.Home, image string, content tree, command string, say func(format string, values ...any)) error {
	var archive bytes.Buffer
	if err := writeArchive(&archive, image, content, []string{command}); err != nil {
		return err
	}
	path, size := archivePath(home, image), float64(archive.Len())/1e6
	if present, err := os.ReadFile(path); err == nil && bytes.Equal(present, archive.Bytes()) {
		say("image %s: %.1f MB, as before", image, size)
		return nil
	}
	if err := os.MkdirAll(home.Images(), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", archive.Bytes(), 0o644); err != nil {
		return err
	}
	say("image %s: %.1f MB", image, size)
	return os.Rename(path+".new", path)
}

// archivePath is the archive of an image: its name with the characters that a file name must not have replaced.
func archivePath(home layout.Home, image string) string {
	return filepath.Join(home.Images(), strings.NewReplacer("/", "+", ":", "@").Replace(image)+".tar")
}
