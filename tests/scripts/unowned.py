#!/usr/bin/env python3
"""Lists the paths of a root file system that no dpkg or apk package lists.

An oracle for `bomwright verify` that shares no code with it: only Python's standard library, and the file lists of
the package databases (dpkg(1) `info/*.list`, apk-package(5) `F:`/`R:` lines).

usage: unowned.py ROOT|TAR [--kind file|symlink|device|directory] [--count]

ROOT is a directory, TAR an archive of a root file system or an image as `docker save` writes it; the layers of an
image are put on each other with their whiteouts. Output, one a line and sorted: kind, size in bytes, path, and the
target of a link, with tabs between them. `--count` prints how many of each kind there are, owned and not.
"""

import argparse
import io
import json
import os
import posixpath
import stat
import sys
import tarfile

WANTED = ("var/lib/dpkg/", "lib/apk/db/", "usr/lib/apk/db/")


class Entry:
    """A path of the tree."""

    def __init__(self, kind, size=0, link="", data=None, mode=0):
        self.kind, self.size, self.link, self.data, self.mode = kind, size, link, data, mode


def read_directory(root):
    tree = {}
    for directory, names, files in os.walk(root):
        for name in names + files:
            full = os.path.join(directory, name)
            path = os.path.relpath(full, root)
            status = os.lstat(full)
            if stat.S_ISLNK(status.st_mode):
                tree[path] = Entry("symlink", link=os.readlink(full))
            elif stat.S_ISDIR(status.st_mode):
                tree[path] = Entry("directory", mode=status.st_mode & 0o7777)
            elif stat.S_ISREG(status.st_mode):
                data = None
                if path.startswith(WANTED):
                    with open(full, "rb") as file:
                        data = file.read()
                tree[path] = Entry("file", status.st_size, data=data, mode=status.st_mode & 0o7777)
            else:
                tree[path] = Entry("device")
    return tree


def remove(tree, path):
    for below in [it for it in tree if it == path or it.startswith(path + "/")]:
        del tree[below]


def add_layer(tree, archive):
    """Puts one layer on the tree (OCI image specification, layer.md, "Whiteouts")."""
    added = {}
    for member in archive:
        path = posixpath.normpath(member.name).lstrip("/")
        if path in (".", ""):
            continue
        parent, name = posixpath.split(path)
        if name == ".wh..wh..opq":
            for below in [it for it in tree if it.startswith(parent + "/")]:
                del tree[below]
        elif name.startswith(".wh."):
            remove(tree, posixpath.join(parent, name[4:]))
        elif member.isdir():
            added[path] = Entry("directory", mode=member.mode)
        elif member.issym():
            added[path] = Entry("symlink", link=member.linkname)
        elif member.isreg():
            data = archive.extractfile(member).read() if path.startswith(WANTED) else None
            added[path] = Entry("file", member.size, data=data, mode=member.mode)
        elif member.islnk():
            target = posixpath.normpath(member.linkname).lstrip("/")
            original = added.get(target) or tree.get(target)
            added[path] = Entry("hard-link", data=original.data if original else None, mode=member.mode)
        else:
            added[path] = Entry("device")
    for path, entry in added.items():
        if path in tree and tree[path].kind == "directory" and entry.kind != "directory":
            remove(tree, path)
    tree.update(added)


def read_tar(name):
    tree = {}
    with tarfile.open(name) as archive:
        try:
            manifest = json.load(archive.extractfile("manifest.json"))
        except KeyError:
            manifest = None
        if manifest is None:
            archive.fileobj.seek(0)
            with tarfile.open(name) as plain:
                add_layer(tree, plain)
            return tree
        for layer in manifest[0]["Layers"]:
            with tarfile.open(fileobj=io.BytesIO(archive.extractfile(layer).read())) as inner:
                add_layer(tree, inner)
    return tree


def resolve(tree, path):
    """`path` with every link among its directories followed, as a kernel does; the last component is kept."""
    done, todo, hops = [], path.strip("/").split("/"), 0
    while len(todo) > 1:
        component = todo.pop(0)
        if component in ("", "."):
            continue
        if component == "..":
            done = done[:-1]
            continue
        entry = tree.get("/".join(done + [component]))
        if entry is not None and entry.kind == "symlink" and hops < 40:
            hops += 1
            target = entry.link.strip("/").split("/")
            done = [] if entry.link.startswith("/") else done
            todo = target + todo
        else:
            done.append(component)
    return "/".join(done + todo)


def target_of(tree, path):
    """The path that the link at `path` leads to in the end, if it is there."""
    for _ in range(40):
        path = resolve(tree, path)
        entry = tree.get(path)
        if entry is None or entry.kind != "symlink":
            return path if entry is not None else None
        path = entry.link if entry.link.startswith("/") else posixpath.join(posixpath.dirname(path), entry.link)
        path = path.strip("/")
    return None


def diversions(tree):
    """dpkg-divert(1): three lines for each, the path, where it goes, and the package that may keep it."""
    entry = tree.get("var/lib/dpkg/diversions")
    lines = entry.data.decode(errors="replace").splitlines() if entry and entry.data else []
    return {old: (new, package) for old, new, package in zip(lines[::3], lines[1::3], lines[2::3])}


def listed(tree):
    """Every path that a package lists."""
    diverted = diversions(tree)
    for path, entry in tree.items():
        if entry.data is None:
            continue
        text = entry.data.decode(errors="surrogateescape")
        name = posixpath.basename(path)
        if path.startswith("var/lib/dpkg/info/") and name.endswith(".list"):
            package = name[:-5].split(":")[0]
            for line in text.splitlines():
                new, keeper = diverted.get(line, (line, package))
                yield (line if keeper == package else new).strip("/")
                yield line.strip("/")
        elif name == "installed":
            directory = ""
            for line in text.splitlines():
                if line.startswith("F:"):
                    directory = line[2:]
                    yield directory
                elif line.startswith("R:"):
                    yield posixpath.join(directory, line[2:])


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("source")
    arguments.add_argument("--kind")
    arguments.add_argument("--count", action="store_true")
    options = arguments.parse_args()
    is_directory = os.path.isdir(options.source)
    tree = read_directory(options.source) if is_directory else read_tar(options.source)
    owned = {resolve(tree, path) for path in listed(tree) if path}
    counts = {}
    for path in sorted(tree):
        entry = tree[path]
        is_owned = path in owned
        count = counts.setdefault(entry.kind, [0, 0, 0])
        count[0 if is_owned else 1] += 1
        count[2] += 0 if is_owned else entry.size
        if options.count or is_owned or options.kind not in (None, entry.kind):
            continue
        line = [entry.kind, str(entry.size), path]
        if entry.kind == "symlink":
            leads_to = target_of(tree, path)
            known = "dangling" if leads_to is None else "owned" if leads_to in owned else "unowned"
            line += [entry.link, known]
        print("\t".join(line))
    if options.count:
        for kind, (with_owner, without, size) in sorted(counts.items()):
            print(f"{kind}\towned {with_owner}\tunowned {without}\t{size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
