#!/usr/bin/env python3
"""Verifies an anchor of plansync, and proofs in it. Standard library only; shares no code with plansync.

    verify.py VERIFIER-KEY-FILE ANCHOR                     the signature of an anchor
    verify.py VERIFIER-KEY-FILE PROOF COMMIT               a proof that a commit is in its anchor's tree
    verify.py VERIFIER-KEY-FILE OLD-ANCHOR ANCHOR HASHES   a consistency proof, one hash in base64 on each line

It prints what was verified and exits with 0, or says what is wrong and exits with 1. With --bits N as the first
arguments, it also changes every Nth bit of the anchor or the proof, one at a time, and expects to refuse each.

The formats are C2SP signed-note, tlog-checkpoint and tlog-proof; the tree is that of RFC 6962, verified as in
RFC 9162, section 2.1; the signatures are those of RFC 8032 (Ed25519).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Refused(Exception):
    """What was given does not hold."""


class Head(NamedTuple):
    origin: str
    size: int
    root: bytes


# Ed25519 (RFC 8032, section 5.1), in extended coordinates.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def same(one: Point, two: Point) -> bool:
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


def point(encoded: bytes) -> Point:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise Refused("not a point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Refused("not a point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    factor = int.from_bytes(signature[32:], "little")
    if factor >= ORDER:
        return False
    try:
        key, commitment = point(public), point(signature[:32])
    except Refused:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return same(times(factor, BASE), add(commitment, times(challenge, key)))


# Notes and checkpoints.


def decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("bad base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Refused("bad base64")
    return raw


def decimal(text: str) -> int:
    if not text.isascii() or not text.isdigit() or str(int(text)) != text:
        raise Refused("bad number")
    return int(text)


def verifier(text: str) -> tuple[str, bytes, bytes]:
    """The name, id and public key in `<name>+<id>+<base64>`."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise Refused("not a verifier key")
    name, data = parts[0], decoded(parts[2])
    identity = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] != 1 or identity.hex() != parts[1]:
        raise Refused("not an Ed25519 verifier key")
    return name, identity, data[1:]


def opened(note: bytes, key: tuple[str, bytes, bytes]) -> Head:
    """The checkpoint in a note that the key signed."""
    name, identity, public = key
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    if any(letter < " " and letter != "\n" for letter in whole):
        raise Refused("control characters")
    text, separator, lines = whole.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise Refused("not a signed note")
    text += "\n"
    is_signed = False
    for line in lines[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        signer, _, signature = rest.partition(" ")
        raw = decoded(signature)
        if dash != "—" or not signer or len(raw) < 5:
            raise Refused("not a signature line")
        if (signer, raw[:4]) == (name, identity):
            if not signed(public, text.encode(), raw[4:]):
                raise Refused("the signature is wrong")
            is_signed = True
    if not is_signed:
        raise Refused("the key did not sign it")
    lines_of_text = text[:-1].split("\n")
    if len(lines_of_text) < 3 or not all(lines_of_text):
        raise Refused("not a checkpoint")
    root = decoded(lines_of_text[2])
    if len(root) != 32:
        raise Refused("not a checkpoint")
    return Head(lines_of_text[0], decimal(lines_of_text[1]), root)


# Proofs.


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(leaf: bytes, index: int, head: Head, proof: list[bytes]) -> None:
    """RFC 9162, section 2.1.3.2."""
    if index >= head.size:
        raise Refused("the tree has no such leaf")
    fn, sn, result = index, head.size - 1, leaf
    for other in proof:
        if sn == 0:
            raise Refused("the proof is too long")
        if fn & 1 or fn == sn:
            result = node(other, result)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node(result, other)
        fn, sn = fn >> 1, sn >> 1
    if sn or result != head.root:
        raise Refused("the proof does not lead to the root")


def check_consistency(old: Head, new: Head, proof: list[bytes]) -> None:
    """RFC 9162, section 2.1.4.2, for two trees of different sizes."""
    if not 0 < old.size < new.size:
        raise Refused("the sizes do not rise")
    if old.size & (old.size - 1) == 0:
        proof = [old.root, *proof]
    if not proof:
        raise Refused("the proof is too short")
    fn, sn = old.size - 1, new.size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for other in proof[1:]:
        if sn == 0:
            raise Refused("the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(other, fr), node(other, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, other)
        fn, sn = fn >> 1, sn >> 1
    if sn or fr != old.root or sr != new.root:
        raise Refused("the proof does not lead to the roots")


def hashes(lines: list[str]) -> list[bytes]:
    found = [decoded(line) for line in lines]
    if any(len(one) != 32 for one in found):
        raise Refused("not a hash")
    return found


def included(proof: bytes, commit: bytes, key: tuple[str, bytes, bytes]) -> tuple[Head, int]:
    """The head and the index of a tlog-proof of a leaf with these bytes."""
    text, separator, checkpoint = proof.partition(b"\n\n")
    if not separator:
        raise Refused("no checkpoint in the proof")
    head = opened(checkpoint, key)
    try:
        lines = text.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("not a tlog-proof") from error
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Refused("not a tlog-proof")
    if lines and lines[0].startswith("extra "):
        decoded(lines.pop(0)[len("extra ") :])
    if not lines or not lines[0].startswith("index "):
        raise Refused("no index")
    index = decimal(lines[0][len("index ") :])
    leaf = hashlib.sha256(b"\x00" + commit).digest()
    check_inclusion(leaf, index, head, hashes(lines[1:]))
    return head, index


def every_bit(data: bytes, step: int, check: Callable[[bytes], object]) -> None:
    tried = range(0, 8 * len(data), step)
    for bit in tried:
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            check(bytes(changed))
        except Refused:
            continue
        raise Refused(f"accepted with bit {bit} changed")
    print(f"refused with any of {len(tried)} bits changed")


def main(arguments: list[str]) -> None:
    step = 0
    if arguments[:1] == ["--bits"]:
        step, arguments = int(arguments[1]), arguments[2:]
    if not 2 <= len(arguments) <= 4:
        sys.exit(__doc__)
    key_file, *files = [Path(name).read_bytes() for name in arguments]
    key = verifier(key_file.decode())
    if len(files) == 3:
        old, new = opened(files[0], key), opened(files[1], key)
        if old.origin != new.origin:
            raise Refused("another origin")
        check_consistency(old, new, hashes(files[2].decode().split()))
        print(f"the tree of {old.size} commits is the beginning of that of {new.size}")
        return

    def check(data: bytes) -> tuple[Head, int]:
        return (opened(data, key), 0) if len(files) == 1 else included(data, files[1], key)

    head, index = check(files[0])
    if len(files) == 1:
        print(f"{key[0]} signed {head.size} commits of {head.origin}")
    else:
        print(f"the commit at position {index + 1} is among {head.size} of {head.origin}")
    if step:
        every_bit(files[0], step, check)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as refused:
        print(f"not verified: {refused}", file=sys.stderr)
        sys.exit(1)
