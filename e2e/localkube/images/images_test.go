package images

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironkeep.io/localkube/layout"
)

// untar gives the files of a tar by name, and the names in order.
func untar(t *testing.T, archive []byte) (map[string]*tar.Header, map[string][]byte, []string) {
	t.Helper()
	headers, bodies, names := map[string]*tar.Header{}, map[string][]byte{}, []string{}
	for reader := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return headers, bodies, names
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		headers[header.Name], bodies[header.Name] = header, body
		names = append(names, header.Name)
	}
}

func TestParentsComeBeforeTheirChildren(t *testing.T) {
	content := newTree()
	content.addProgram("usr/local/bin/server", []byte("x"))
	layer, err := content.layer()
	if err != nil {
		t.Fatal(err)
	}
	headers, _, names := untar(t, layer)
	seen := map[string]bool{"./": true}
	for _, name := range names {
		if parent := filepath.Dir(strings.TrimSuffix(name, "/")) + "/"; !seen[parent] {
			t.Errorf("%s comes before %s", name, parent)
		}
		seen[name] = true
	}
	if data := headers["data/"]; data == nil || data.Uid != owner || data.Typeflag != tar.TypeDir {
		t.Errorf("data: %+v", data)
	}
	if temporary := headers["tmp/"]; temporary == nil || temporary.Mode != 0o1777 {
		t.Errorf("tmp: %+v", temporary)
	}
}

func TestArchivesNameTheirParts(t *testing.T) {
	var archive bytes.Buffer
	if err := writeArchive(&archive, "localhost/a:1", newTree(), []string{"server"}); err != nil {
		t.Fatal(err)
	}
	_, bodies, _ := untar(t, archive.Bytes())
	var manifest []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := json.Unmarshal(bodies["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest) != 1 || manifest[0].RepoTags[0] != "localhost/a:1" || bodies[manifest[0].Layers[0]] == nil {
		t.Fatalf("manifest: %+v", manifest)
	}
	var configuration struct {
		Config struct {
			User string
			Cmd  []string
		}
	}
	if err := json.Unmarshal(bodies[manifest[0].Config], &configuration); err != nil {
		t.Fatal(err)
	}
	if configuration.Config.User != "999:999" || configuration.Config.Cmd[0] != "server" {
		t.Errorf("configuration: %+v", configuration)
	}
}

func TestArchivesAreWrittenOnlyWhenTheyChange(t *testing.T) {
	home := layout.Home(t.TempDir())
	written := 0
	say := func(format string, _ ...any) {
		if !strings.HasSuffix(format, "as before") {
			written++
		}
	}
	for _, body := range []string{"one", "one", "two"} {
		content := newTree()
		content.addProgram("server", []byte(body))
		if err := save(home, "localhost/a:1", content, "server", say); err != nil {
			t.Fatal(err)
		}
	}
	if written != 2 {
		t.Errorf("written %d times", written)
	}
}

func TestLinksStayUnderTheRoot(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"usr/lib", "lib"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "usr/lib/real"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{
		"lib/absolute": "/usr/lib/real", "lib/relative": "../usr/lib/real", "lib/loop": "loop", "lib/outside": "/etc/hostname",
	} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"lib/absolute", "lib/relative"} {
		if file, err := resolve(root, name); err != nil || file != filepath.Join(root, "usr/lib/real") {
			t.Errorf("%s: %s, %v", name, file, err)
		}
	}
	if _, err := resolve(root, "lib/loop"); err == nil {
		t.Error("a loop ends")
	}
	if _, err := resolve(root, "lib/outside"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("outside: %v", err)
	}
}

func TestDynamicProgramsBringTheirLoaderAndLibraries(t *testing.T) {
	content := newTree()
	if err := content.addDynamic("usr/local/bin/sh", "/", "/bin/sh"); err != nil {
		t.Fatal(err)
	}
	loader, libraries, err := needs("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	if loader == "" || content[strings.TrimPrefix(loader, "/")].body == nil {
		t.Errorf("no loader %s", loader)
	}
	for _, library := range libraries {
		if content["usr/lib/"+triplets[architecture]+"/"+library].body == nil {
			t.Errorf("no library %s", library)
		}
	}
}
