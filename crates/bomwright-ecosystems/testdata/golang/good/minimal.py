#!/usr/bin/env python3
"""Makes a small ELF file out of a Go program: only its build information, at the same addresses.

usage: minimal.py PROGRAM OUTPUT

Programs of Go 1.18 and later keep everything in the section .go.buildinfo. Older ones point from there to
Go strings elsewhere; those bytes go into segments of their own. `go version -m OUTPUT` must print what it
prints for PROGRAM.
"""
import struct
import sys

source = open(sys.argv[1], "rb").read()
wide, order = source[4] == 2, "<" if source[5] == 1 else ">"
ehdr, phdr, shdr = (
    ("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ") if wide else ("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII")
)
unpack = lambda form, at: struct.unpack_from(order + form, source, at)
head = unpack(ehdr, 16)
segments = [unpack(phdr, head[4] + head[8] * i) for i in range(head[9])]
if not wide:  # same order of fields as in the 64-bit form: type, flags, offset, address, …
    segments = [(s[0], s[6], s[1], s[2], s[3], s[4], s[5], s[7]) for s in segments]
sections = [unpack(shdr, head[5] + head[10] * i) for i in range(head[11])]
names = sections[head[12]][4]
name = lambda s: source[names + s[0] : source.index(b"\0", names + s[0])]
info = next(s for s in sections if name(s) == b".go.buildinfo")
pieces = [(info[3], source[info[4] : info[4] + info[5]])]


def at(address, size):
    segment = next(s for s in segments if s[0] == 1 and s[3] <= address < s[3] + s[5])
    return source[segment[2] + address - segment[3] :][:size]


if not pieces[0][1][15] & 2:
    size, word = pieces[0][1][14], "Q" if wide else "I"
    for pointer in struct.unpack_from(order + 2 * word, pieces[0][1], 16):
        pieces.append((pointer, at(pointer, 2 * size)))
        text, length = struct.unpack(order + 2 * word, pieces[-1][1])
        pieces.append((text, at(text, length)))

start = 64 if wide else 52
body, offset, loads = b"", start + len(pieces) * struct.calcsize("=" + phdr), []
for address, data in pieces:
    body += bytes(-(offset + len(body)) % 16)
    where = offset + len(body)
    fields = (1, 6, where, address, address, len(data), len(data), 16)
    if not wide:
        fields = (1, where, address, address, len(data), len(data), 6, 16)
    loads.append(struct.pack(order + phdr, *fields))
    body += data
table = b"\0.go.buildinfo\0.shstrtab\0"
where = offset + len(body)
first = (offset + 15) // 16 * 16
rows = [
    (0,) * 10,
    (1, 1, 3, pieces[0][0], first, len(pieces[0][1]), 0, 0, 16, 0),
    (15, 3, 0, 0, where, len(table), 0, 0, 1, 0),
]
header = list(head)
header[4], header[5], header[9], header[11], header[12] = start, where + len(table), len(pieces), 3, 2
out = source[:16] + struct.pack(order + ehdr, *header) + b"".join(loads) + body + table
open(sys.argv[2], "wb").write(out + b"".join(struct.pack(order + shdr, *row) for row in rows))
