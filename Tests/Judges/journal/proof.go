package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

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
