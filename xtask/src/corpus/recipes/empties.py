"""Streams a tar of COUNT empty files, a thousand to a folder, to stdout: `python3 empties.py COUNT`.

The header is made once and patched: tarfile would need minutes for the same bytes.
"""

import sys
import tarfile

COUNT = int(sys.argv[1])
NAME = "e/{:04}/f{:07}"


def template(name, kind):
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime = kind, 0o644 if kind == tarfile.REGTYPE else 0o755, 1_760_000_000
    return entry.tobuf(tarfile.USTAR_FORMAT)


def patched(header, old, new):
    """`header` with another name of the same length, and the checksum that goes with it (ustar: octal at 148)."""
    total = int(header[148:154], 8) - sum(old) + sum(new)
    return new + header[len(new):148] + b"%06o" % total + header[154:]


out = sys.stdout.buffer
out.write(template("e/", tarfile.DIRTYPE))
zero = NAME.format(0, 0).encode()
file_header = template(zero.decode(), tarfile.REGTYPE)
chunk = bytearray()
for number in range(COUNT):
    if number % 1000 == 0:
        out.write(chunk)
        chunk = bytearray(template(f"e/{number // 1000:04}/", tarfile.DIRTYPE))
    chunk += patched(file_header, zero, NAME.format(number // 1000, number).encode())
out.write(chunk)
out.write(bytes(1024))
