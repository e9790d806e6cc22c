package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// parseEntries parts entries that stand each behind its length in two big-endian bytes.
func parseEntries(name string, data []byte) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s: its last entry is cut off", name)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	return entries, nil
}

// readBundles reads the entry bundles of tlog-tiles, which hold 256 entries each.
func readBundles(folder string, size int64) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tilesOf(size) {
		if tile.L > 0 {
			break
		}
		name := strings.Replace(tilePath(tile), "tile/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		entries, err := parseEntries(name, data)
		if err != nil {
			return nil, err
		}
		if len(entries) != tile.W {
			return nil, fmt.Errorf("%s has %d entries, not %d", name, len(entries), tile.W)
		}
		all = append(all, entries...)
	}
	return all, nil
}

func readEntries(folder string, size int64, files []string) ([][]byte, error) {
	if len(files) == 0 {
		if _, err := os.Stat(filepath.Join(folder, "tile/entries")); err == nil {
			return readBundles(folder, size)
		}
		files, _ = filepath.Glob(filepath.Join(folder, "[0-9]*.log"))
		sort.Strings(files)
		if len(files) == 0 && size > 0 {
			return nil, fmt.Errorf("%s holds no entries", folder)
		}
	}
	var all [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		entries, err := parseEntries(file, data)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	// A journal may have grown since it was signed; what is behind is not vouched for.
	if int64(len(all)) < size {
		return nil, fmt.Errorf("%d entries, but the checkpoint covers %d", len(all), size)
	}
	return all[:size], nil
}

// treeOf is a reader of the tree's hashes, made of the entries alone, and the tree's hash.
func treeOf(entries [][]byte) (tlog.HashReader, tlog.Hash, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	if len(entries) == 0 {
		return reader, sha256.Sum256(nil), nil
	}
	for n, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(n), entry, reader)
		if err != nil {
			return nil, tlog.Hash{}, err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(entries)), reader)
	return reader, root, err
}
