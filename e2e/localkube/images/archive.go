package images

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// owner is who programs run as, and who owns /data.
const owner = 999

// entry is a file, a folder (name ends in /) or a symbolic link of an image.
type entry struct {
	mode   int64
	owner  int
	target string
	body   []byte
}

// tree is the content of an image by path, without a leading /.
type tree map[string]entry

// newTree has what every image has: the folders that programs write to and the user that they run as.
func newTree() tree {
	return tree{
		"data/":      {mode: 0o755, owner: owner},
		"tmp/":       {mode: 0o1777},
		"etc/passwd": {mode: 0o644, body: fmt.Appendf(nil, "root:x:0:0:root:/:/sbin/nologin\nserver:x:%[1]d:%[1]d:server:/data:/sbin/nologin\n", owner)},
		"etc/group":  {mode: 0o644, body: fmt.Appendf(nil, "root:x:0:\nserver:x:%d:\n", owner)},
	}
}

func (t tree) addProgram(name string, body []byte) { t[name] = entry{mode: 0o755, body: body} }

// layer writes the tree as a tar, the same bytes for the same tree: sorted, without times, parents first.
func (t tree) layer() ([]byte, error) {
	names := map[string]bool{}
	for name := range t {
		names[name] = true
		for parent := path.Dir(strings.TrimSuffix(name, "/")); parent != "."; parent = path.Dir(parent) {
			names[parent+"/"] = true
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, name := range sorted {
		content, known := t[name]
		if !known {
			content.mode = 0o755
		}
		if err := content.write(writer, name); err != nil {
			return nil, err
		}
	}
	err := writer.Close()
	return buffer.Bytes(), err
}

func (e entry) write(writer *tar.Writer, name string) error {
	header := &tar.Header{Name: name, Mode: e.mode, Uid: e.owner, Gid: e.owner, Size: int64(len(e.body)), Typeflag: tar.TypeReg}
	switch {
	case strings.HasSuffix(name, "/"):
		header.Typeflag = tar.TypeDir
	case e.target != "":
		header.Typeflag, header.Linkname = tar.TypeSymlink, e.target
	}
	if err := writer.WriteHeader(header); err != nil {
		return err
	}
	_, err := writer.Write(e.body)
	return err
}

// writeArchive writes an image of one layer in the format that `docker load` and containerd read.
func writeArchive(out io.Writer, name string, content tree, command []string) error {
	layer, err := content.layer()
	if err != nil {
		return err
	}
	configuration, err := json.Marshal(map[string]any{
		"architecture": architecture,
		"os":           "linux",
		"config": map[string]any{
			"User":       fmt.Sprintf("%[1]d:%[1]d", owner),
			"WorkingDir": "/data",
			"Env":        []string{"PATH=/usr/local/bin:/usr/bin:/bin"},
			"Cmd":        command,
		},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}},
	})
	if err != nil {
		return err
	}
	configurationName := fmt.Sprintf("%x.json", sha256.Sum256(configuration))
	manifest, err := json.Marshal([]map[string]any{{
		"Config": configurationName, "RepoTags": []string{name}, "Layers": []string{"layer.tar"},
	}})
	if err != nil {
		return err
	}
	writer := tar.NewWriter(out)
	for _, file := range []struct {
		name string
		body []byte
	}{{configurationName, configuration}, {"layer.tar", layer}, {"manifest.json", manifest}} {
		if err := (entry{mode: 0o644, body: file.body}).write(writer, file.name); err != nil {
			return err
		}
	}
	return writer.Close()
}
