// Verifies an anchor of plansync, and proofs in it, with the packages of Go's checksum database:
// golang.org/x/mod/sumdb/note for the signature and golang.org/x/mod/sumdb/tlog for the proofs. It shares no code
// with plansync.
//
//	go run . VERIFIER-KEY-FILE ANCHOR                     the signature of an anchor
//	go run . VERIFIER-KEY-FILE PROOF COMMIT               a proof that a commit is in its anchor's tree
//	go run . VERIFIER-KEY-FILE OLD-ANCHOR ANCHOR HASHES   a consistency proof, one hash in base64 on each line
//
// It prints what was verified and exits with 0, or says what is wrong and exits with 1. With -bits as the first
// argument, it also changes every bit of the anchor or the proof, one at a time, and expects to refuse each.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

// open verifies the signature of a checkpoint and parses its text.
func open(text []byte, known note.Verifiers) (head, error) {
	opened, err := note.Open(text, known)
	if err != nil {
		return head{}, err
	}
	for _, signature := range opened.Sigs {
		// The package ignores bits after the last byte.
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return head{}, err
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return head{}, errors.New("not the three lines of a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return head{}, errors.New("bad size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return head{}, err
	}
	return head{lines[0], size, root}, nil
}

// include verifies a tlog-proof: that a leaf with these bytes is in the tree of its checkpoint.
func include(proof, leaf []byte, known note.Verifiers) (head, int64, error) {
	parts := strings.SplitN(string(proof), "\n\n", 2)
	if len(parts) != 2 {
		return head{}, 0, errors.New("no checkpoint in the proof")
	}
	opened, err := open([]byte(parts[1]), known)
	if err != nil {
		return head{}, 0, err
	}
	lines := strings.Split(parts[0], "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return head{}, 0, errors.New("not a tlog-proof")
	}
	number := strings.TrimPrefix(lines[1], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil || strconv.FormatInt(index, 10) != number {
		return head{}, 0, errors.New("bad index")
	}
	hashes, err := parseHashes(lines[2:])
	if err != nil {
		return head{}, 0, err
	}
	return opened, index, tlog.CheckRecord(hashes, opened.size, opened.root, index, tlog.RecordHash(leaf))
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		bytes, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(bytes) != sha256.Size {
			return nil, errors.New("bad hash")
		}
		var hash tlog.Hash
		copy(hash[:], bytes)
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// everyBit expects that check refuses the bytes with any bit changed.
func everyBit(bytes []byte, check func([]byte) error) error {
	for bit := 0; bit < 8*len(bytes); bit++ {
		changed := append([]byte(nil), bytes...)
		changed[bit/8] ^= 1 << (bit % 8)
		if check(changed) == nil {
			return fmt.Errorf("accepted with bit %d changed", bit)
		}
	}
	fmt.Printf("refused with any of its %d bits changed\n", 8*len(bytes))
	return nil
}

func run(arguments []string) error {
	bits := len(arguments) > 0 && arguments[0] == "-bits"
	if bits {
		arguments = arguments[1:]
	}
	if len(arguments) < 2 || len(arguments) > 4 {
		return errors.New("usage: [-bits] VERIFIER-KEY-FILE ANCHOR | PROOF COMMIT | OLD-ANCHOR ANCHOR HASHES")
	}
	var files [][]byte
	for _, name := range arguments {
		bytes, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, bytes)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(files[0])))
	if err != nil {
		return err
	}
	known := note.VerifierList(verifier)
	var check func([]byte) error
	switch len(files) {
	case 2:
		check = func(anchor []byte) error {
			_, err := open(anchor, known)
			return err
		}
		opened, err := open(files[1], known)
		if err != nil {
			return err
		}
		fmt.Printf("%s signed %d commits of %s\n", verifier.Name(), opened.size, opened.origin)
	case 3:
		check = func(proof []byte) error {
			_, _, err := include(proof, files[2], known)
			return err
		}
		opened, index, err := include(files[1], files[2], known)
		if err != nil {
			return err
		}
		fmt.Printf("the commit at position %d is among %d of %s\n", index+1, opened.size, opened.origin)
	case 4:
		old, err := open(files[1], known)
		if err != nil {
			return err
		}
		opened, err := open(files[2], known)
		if err != nil {
			return err
		}
		hashes, err := parseHashes(strings.Fields(string(files[3])))
		if err != nil {
			return err
		}
		if old.origin != opened.origin {
			return errors.New("another origin")
		}
		if err := tlog.CheckTree(hashes, opened.size, opened.root, old.size, old.root); err != nil {
			return err
		}
		fmt.Printf("the tree of %d commits is the beginning of that of %d\n", old.size, opened.size)
		return nil
	}
	if bits {
		return everyBit(files[1], check)
	}
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "not verified:", err)
		os.Exit(1)
	}
}
