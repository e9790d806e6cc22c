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
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const usage = `usage: verify-log DIR VKEY [--entries FILE]
       verify-proof FILE LEAF VKEY [--witness VKEY]...
       consistency OLD NEW VKEY`

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
