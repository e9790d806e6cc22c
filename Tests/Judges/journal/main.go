// The journal's judge: checks a C2SP log and its proofs with the tlog and note packages that Go's
// own checksum database uses (golang.org/x/mod/sumdb), which share no code with Plasmid.
//
//	verify-log DIR VKEY [--entries FILE]
//	verify-proof FILE LEAF VKEY [--witness VKEY]...
//	consistency OLD NEW VKEY
//
// DIR holds checkpoint and tile/, as C2SP tlog-tiles lays them out; its entries are those of FILE,
// else of tile/entries/, else of 00000001.log and so on, each behind its length in two bytes.
// LEAF is a file that holds the entry. VKEY is a verifier key as C2SP signed-note writes it.
// One line says what was found; the status is 0 if all is well, 1 if not, 2 for a wrong call.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const usage = `usage: verify-log DIR VKEY [--entries FILE]
       verify-proof FILE LEAF VKEY [--witness VKEY]...
       consistency OLD NEW VKEY`

// The height of a tile in levels of the tree: 256 hashes.
const tileHeight = 8

var base64Strict = base64.StdEncoding.Strict()

func main() {
	operands, options, err := split(os.Args[1:])
	if err == nil && len(operands) == 0 {
		err = errUsage
	}
	var words string
	if err == nil {
		mode, rest := operands[0], operands[1:]
		switch {
		case mode == "verify-log" && len(rest) == 2:
			words, err = verifyLog(rest[0], rest[1], options["--entries"])
		case mode == "verify-proof" && len(rest) == 3:
			words, err = verifyProof(rest[0], rest[1], rest[2], options["--witness"])
		case mode == "consistency" && len(rest) == 3:
			words, err = consistency(rest[0], rest[1], rest[2])
		default:
			err = errUsage
		}
	}
	if err == errUsage {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Println("BAD:", err)
		os.Exit(1)
	}
	fmt.Println("ok:", words)
}

var errUsage = errors.New(usage)

// split parts operands from options, of which each takes one value.
func split(words []string) (operands []string, options map[string][]string, err error) {
	options = map[string][]string{}
	for i := 0; i < len(words); i++ {
		if !strings.HasPrefix(words[i], "--") {
			operands = append(operands, words[i])
			continue
		}
		if words[i] != "--entries" && words[i] != "--witness" || i+1 == len(words) {
			return nil, nil, errUsage
		}
		options[words[i]] = append(options[words[i]], words[i+1])
		i++
	}
	return operands, options, nil
}

// Checkpoints.

type checkpoint struct {
	size int64
	root tlog.Hash
	note *note.Note
}

// openCheckpoint verifies the note and reads its three lines; further ones are extensions, which
// must not be empty. The log must be among those who signed, under its origin.
func openCheckpoint(data []byte, log note.Verifier, others ...note.Verifier) (checkpoint, error) {
	opened, err := note.Open(data, note.VerifierList(append(others, log)...))
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: %v", err)
	}
	lines := strings.Split(strings.TrimSuffix(opened.Text, "\n"), "\n")
	if len(lines) < 3 {
		return checkpoint{}, errors.New("checkpoint: fewer than three lines")
	}
	for _, line := range lines {
		if line == "" {
			return checkpoint{}, errors.New("checkpoint: an empty line")
		}
	}
	if lines[0] != log.Name() {
		return checkpoint{}, fmt.Errorf("checkpoint: origin %q is not the key's %q", lines[0], log.Name())
	}
	if !hasSigned(opened, log) {
		return checkpoint{}, errors.New("checkpoint: not signed by the log")
	}
	size, err := decimal(lines[1])
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: size: %v", err)
	}
	root, err := hash(lines[2])
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: root: %v", err)
	}
	return checkpoint{size, root, opened}, nil
}

func hasSigned(opened *note.Note, who note.Verifier) bool {
	for _, signature := range opened.Sigs {
		if signature.Name == who.Name() && signature.Hash == who.KeyHash() {
			return true
		}
	}
	return false
}

// decimal reads a number as C2SP writes them: no sign, no leading zero.
func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is not a plain decimal number", text)
	}
	return number, nil
}

func hash(text string) (tlog.Hash, error) {
	var result tlog.Hash
	data, err := base64Strict.DecodeString(text)
	// Go's decoder passes over line ends within the text.
	if err != nil || len(data) != len(result) || base64Strict.EncodeToString(data) != text {
		return result, fmt.Errorf("%q is not 32 bytes in base64", text)
	}
	copy(result[:], data)
	return result, nil
}

// Verifier keys.

// cosigner verifies C2SP cosignature/v1: signature type 4, a time and Ed25519 over both.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	if time > 1<<63-1 {
		return false
	}
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), text...)
	if !ed25519.Verify(c.key, message, signature[8:]) {
		return false
	}
	c.time = time
	return true
}

// newCosigner reads NAME+HASH+KEY with signature type 4.
func newCosigner(vkey string) (*cosigner, error) {
	bad := fmt.Errorf("%q is not the verifier key of a witness", vkey)
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 || parts[0] == "" || strings.ContainsAny(parts[0], " \t\n") {
		return nil, bad
	}
	key, err := base64Strict.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, bad
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return nil, fmt.Errorf("%v: its hash is another key's", bad)
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), key[1:], 0}, nil
}

// Tiles.

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

// Entries.

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

// The three modes.

func verifyLog(folder, vkey string, files []string) (string, error) {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return "", err
	}
	signed, err := openCheckpoint(data, log)
	if err != nil {
		return "", err
	}
	entries, err := readEntries(folder, signed.size, files)
	if err != nil {
		return "", err
	}
	tree, root, err := treeOf(entries)
	if err != nil {
		return "", err
	}
	if root != signed.root {
		return "", fmt.Errorf("the entries' root is %v, the checkpoint's %v", root, signed.root)
	}
	if err := checkTiles(folder, signed, tree); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %d entries, root %v", log.Name(), signed.size, root), nil
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

func consistency(oldFolder, newFolder, vkey string) (string, error) {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	var signed []checkpoint
	for _, folder := range []string{oldFolder, newFolder} {
		data, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
		if err != nil {
			return "", err
		}
		one, err := openCheckpoint(data, log)
		if err != nil {
			return "", fmt.Errorf("%s: %v", folder, err)
		}
		signed = append(signed, one)
	}
	before, now := signed[0], signed[1]
	words := fmt.Sprintf("%s, %d entries lead to %d", log.Name(), before.size, now.size)
	switch {
	case now.size < before.size:
		return "", fmt.Errorf("the log shrank from %d entries to %d", before.size, now.size)
	case before.size == 0:
		if before.root != sha256.Sum256(nil) {
			return "", errors.New("the root of an empty log is not SHA-256 of nothing")
		}
		return words, nil
	case before.size == now.size:
		if before.root != now.root {
			return "", fmt.Errorf("two roots for %d entries", now.size)
		}
		return words, nil
	}
	proof, err := tlog.ProveTree(now.size, before.size, now.reader(newFolder))
	if err != nil {
		return "", fmt.Errorf("tiles: %v", err)
	}
	if err := tlog.CheckTree(proof, now.size, now.root, before.size, before.root); err != nil {
		return "", fmt.Errorf("the log was rewritten: %v", err)
	}
	return words, nil
}

func verifyProof(file, leaf, vkey string, witnesses []string) (string, error) {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	var cosigners []*cosigner
	var others []note.Verifier
	for _, text := range witnesses {
		one, err := newCosigner(text)
		if err != nil {
			return "", err
		}
		cosigners = append(cosigners, one)
		others = append(others, one)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(leaf)
	if err != nil {
		return "", err
	}
	index, proof, rest, err := parseProof(data)
	if err != nil {
		return "", fmt.Errorf("%s: %v", file, err)
	}
	signed, err := openCheckpoint(rest, log, others...)
	if err != nil {
		return "", err
	}
	words := fmt.Sprintf("%s, entry %d of %d", log.Name(), index, signed.size)
	for _, one := range cosigners {
		if !hasSigned(signed.note, one) {
			return "", fmt.Errorf("not cosigned by %s", one.name)
		}
		words += fmt.Sprintf(", cosigned by %s at %d", one.name, one.time)
	}
	if index >= signed.size {
		return "", fmt.Errorf("entry %d of a log of %d", index, signed.size)
	}
	err = tlog.CheckRecord(proof, signed.size, signed.root, index, tlog.RecordHash(entry))
	if err != nil {
		return "", fmt.Errorf("the entry is not in the log: %v", err)
	}
	return words, nil
}

// parseProof reads C2SP tlog-proof v1 up to the checkpoint, which follows an empty line.
func parseProof(data []byte) (index int64, proof tlog.RecordProof, rest []byte, err error) {
	middle := bytes.Index(data, []byte("\n\n"))
	if middle < 0 {
		return 0, nil, nil, errors.New("no empty line before the checkpoint")
	}
	lines := strings.Split(string(data[:middle]), "\n")
	rest = data[middle+2:]
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, nil, nil, fmt.Errorf("%q is not the first line of a proof", lines[0])
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64Strict.DecodeString(strings.TrimPrefix(lines[0], "extra ")); err != nil {
			return 0, nil, nil, fmt.Errorf("extra: %v", err)
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return 0, nil, nil, errors.New("no line `index N`")
	}
	if index, err = decimal(strings.TrimPrefix(lines[0], "index ")); err != nil {
		return 0, nil, nil, fmt.Errorf("index: %v", err)
	}
	for _, line := range lines[1:] {
		one, err := hash(line)
		if err != nil {
			return 0, nil, nil, err
		}
		proof = append(proof, one)
	}
	return index, proof, rest, nil
}
