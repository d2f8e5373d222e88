"""An independent account of a Debian root file system, from dpkg's own files alone.

usage: dpkg_account.py ROOT

Prints JSON: the paths (no leading slash, directories resolved inside ROOT) of regular files that are as dpkg's
md5sums say (`intact`), of conffiles that are as the status file says (`conffile`) or are not (`conffile_changed`), of
listed files with another digest (`modified`) or none there (`missing`), of files that a list names without a digest
(`claimed`), and of regular files that no list names (`unlisted`). It shares no code with the program that it judges.
"""

import hashlib
import json
import os
import re
import sys


def main(root):
    info = os.path.join(root, "var/lib/dpkg/info")
    real = Resolver(root)
    md5, conffiles, listed = {}, {}, set()
    for name in sorted(os.listdir(info)):
        if name.endswith(".md5sums"):
            for line in open(os.path.join(info, name), encoding="utf-8", errors="replace"):
                digest, path = line.rstrip("\n").split(maxsplit=1)
                md5[real(path)] = digest
        elif name.endswith(".list"):
            for line in open(os.path.join(info, name), encoding="utf-8", errors="replace"):
                listed.add(real(line.strip().lstrip("/")))
    status = open(os.path.join(root, "var/lib/dpkg/status"), encoding="utf-8", errors="replace").read()
    for block in re.findall(r"^Conffiles:\n((?: .*\n)+)", status, re.M):
        for line in block.splitlines():
            words = line.split()
            if len(words) == 2:
                conffiles[real(words[0].lstrip("/"))] = words[1]
    for diversion in diversions(root):
        old, new = real(diversion[0]), real(diversion[1])
        for table in (md5,):
            if old in table and os.path.lexists(os.path.join(root, new)):
                table[new] = table.pop(old)
    result = {key: [] for key in ("intact", "conffile", "conffile_changed", "modified", "missing", "claimed", "unlisted")}
    for path, digest in md5.items():
        place = os.path.join(root, path)
        if not os.path.lexists(place):
            result["missing"].append(path)
        elif os.path.islink(place) or not os.path.isfile(place):
            result["modified"].append(path)
        else:
            result["intact" if of(place) == digest else "modified"].append(path)
    for path, digest in conffiles.items():
        place = os.path.join(root, path)
        if os.path.isfile(place) and not os.path.islink(place) and path not in md5:
            result["conffile" if of(place) == digest else "conffile_changed"].append(path)
    for folder, folders, files in os.walk(root):
        for name in files:
            place = os.path.join(folder, name)
            path = os.path.relpath(place, root)
            if os.path.islink(place) or not os.path.isfile(place) or path in md5 or path in conffiles:
                continue
            result["claimed" if path in listed else "unlisted"].append(path)
    json.dump({key: sorted(set(value)) for key, value in result.items()}, sys.stdout, indent=1)


def of(place):
    return hashlib.md5(open(place, "rb").read()).hexdigest()


def diversions(root):
    """Triples of lines: the path, where it was moved to, and for which package it was not (dpkg-divert(1))."""
    try:
        lines = open(os.path.join(root, "var/lib/dpkg/diversions"), encoding="utf-8").read().splitlines()
    except FileNotFoundError:
        return
    for at in range(0, len(lines) - 2, 3):
        yield lines[at].lstrip("/"), lines[at + 1].lstrip("/")


class Resolver:
    """Follows links of directories inside the root."""

    def __init__(self, root):
        self.root, self.seen = root, {"": ""}

    def __call__(self, path):
        folder, name = os.path.split(path.strip("/"))
        return os.path.join(self.directory(folder), name)

    def directory(self, folder, depth=0):
        if folder not in self.seen:
            parent, name = os.path.split(folder)
            place = os.path.join(self.directory(parent, depth), name)
            full = os.path.join(self.root, place)
            if os.path.islink(full) and depth < 40:
                target = os.readlink(full)
                base = "" if target.startswith("/") else os.path.dirname(place)
                place = self.directory(os.path.normpath(os.path.join(base, target.lstrip("/"))), depth + 1)
            self.seen[folder] = place
        return self.seen[folder]


main(sys.argv[1])
