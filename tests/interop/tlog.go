// tlog FOLDER VKEY PROOF ENTRY: Go's sumdb opens the checkpoint of a log, checks
// a proof as its own CheckRecord does, and reads every entry through the tiles
// on disk, each held against the signed root. Prints how many.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(text []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		check(fmt.Errorf("the checkpoint is no checkpoint of %s", verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

// Tiles reads our names, which lack the height that Go's have.
type tiles string

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(t), name))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func entries(folder string, size int64) [][]byte {
	var all [][]byte
	for n := int64(0); n*256 < size; n++ {
		name := fmt.Sprintf("%03d", n%1000)
		if n >= 1000 {
			name = fmt.Sprintf("x%03d/%s", n/1000, name)
		}
		if left := size - n*256; left < 256 {
			name += fmt.Sprintf(".p/%d", left)
		}
		data, err := os.ReadFile(filepath.Join(folder, "tile/entries", name))
		check(err)
		for len(data) > 0 {
			length := int(data[0])<<8 | int(data[1])
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
	}
	return all
}

func proof(text []byte, vkey string, entry []byte) {
	parts := strings.SplitN(string(text), "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		check(fmt.Errorf("no tlog-proof"))
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check(err)
	var hashes tlog.RecordProof
	for _, line := range lines[2:] {
		raw, err := base64.StdEncoding.DecodeString(line)
		check(err)
		var hash tlog.Hash
		copy(hash[:], raw)
		hashes = append(hashes, hash)
	}
	tree := open([]byte(parts[1]), vkey)
	check(tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
}

func main() {
	folder, vkey := os.Args[1], strings.TrimSpace(os.Args[2])
	proofText, err := os.ReadFile(os.Args[3])
	check(err)
	entry, err := os.ReadFile(os.Args[4])
	check(err)
	proof(proofText, vkey, entry)

	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	tree := open(text, vkey)
	all := entries(folder, tree.N)
	if int64(len(all)) != tree.N {
		check(fmt.Errorf("%d entries instead of %d", len(all), tree.N))
	}
	reader := tlog.TileHashReader(tree, tiles(folder))
	for i, one := range all {
		p, err := tlog.ProveRecord(tree.N, int64(i), reader)
		check(err)
		check(tlog.CheckRecord(p, tree.N, tree.Hash, int64(i), tlog.RecordHash(one)))
	}
	for old := int64(1); old <= tree.N; old += 1 + tree.N/50 {
		p, err := tlog.ProveTree(tree.N, old, reader)
		check(err)
		root, err := tlog.TreeHash(old, reader)
		check(err)
		check(tlog.CheckTree(p, tree.N, tree.Hash, old, root))
	}
	fmt.Println(len(all))
}
