package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var base64Strict = base64.StdEncoding.Strict()

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
