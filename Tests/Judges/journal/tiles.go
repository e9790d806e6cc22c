package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The height of a tile in levels of the tree: 256 hashes.
const tileHeight = 8

// tileReader reads tiles below a folder, named as C2SP names them: without the height.
type tileReader struct{ folder string }

func (r tileReader) Height() int                     { return tileHeight }
func (r tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := r.read(tile)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// read takes a full tile where its unfinished form is gone, as tlog-tiles lets logs do.
func (r tileReader) read(tile tlog.Tile) ([]byte, error) {
	width := tile.W * tlog.HashSize
	data, err := os.ReadFile(filepath.Join(r.folder, tilePath(tile)))
	if errors.Is(err, os.ErrNotExist) && tile.W < 1<<tileHeight {
		full := tile
		full.W = 1 << tileHeight
		data, err = os.ReadFile(filepath.Join(r.folder, tilePath(full)))
		if err == nil && len(data) == tlog.HashSize<<tileHeight {
			return data[:width], nil
		}
	}
	if err != nil {
		return nil, err
	}
	if len(data) != width {
		return nil, fmt.Errorf("%s has %d bytes, not %d", tilePath(tile), len(data), width)
	}
	return data, nil
}

func tilePath(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}

func (c checkpoint) reader(folder string) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: c.size, Hash: c.root}, tileReader{folder})
}

// checkTiles rebuilds the root from the tiles, as a client does, and compares every tile with what
// the entries give: of the tiles that it reads, tlog's reader proves some by the root and not all.
func checkTiles(folder string, signed checkpoint, tree tlog.HashReader) error {
	if signed.size == 0 {
		return nil
	}
	root, err := tlog.TreeHash(signed.size, signed.reader(folder))
	if err != nil {
		return fmt.Errorf("tiles: %v", err)
	}
	if root != signed.root {
		return fmt.Errorf("the tiles' root is %v, the checkpoint's %v", root, signed.root)
	}
	for _, tile := range tilesOf(signed.size) {
		wanted, err := tlog.ReadTileData(tile, tree)
		if err != nil {
			return err
		}
		found, err := tileReader{folder}.read(tile)
		if err != nil {
			return fmt.Errorf("tiles: %v", err)
		}
		if !bytes.Equal(found, wanted) {
			return fmt.Errorf("%s is not made of the entries", tilePath(tile))
		}
	}
	return nil
}

// tilesOf names the tiles that a tree of so many entries has: on each level full ones, then at
// most one that is not.
func tilesOf(size int64) (tiles []tlog.Tile) {
	const width = 1 << tileHeight
	for level, row := 0, size; row > 0; level, row = level+1, row>>tileHeight {
		for n := int64(0); n*width < row; n++ {
			tile := tlog.Tile{H: tileHeight, L: level, N: n, W: width}
			if left := row - n*width; left < width {
				tile.W = int(left)
			}
			tiles = append(tiles, tile)
		}
	}
	return tiles
}
