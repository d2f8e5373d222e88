"""Makes two real trees that differ, and says from other tools' words alone what differs.

usage: real_pair.py debian|node|python CORPUS OUT

CORPUS is a folder that `cargo xtask corpus` filled. Writes OUT/old.tar and OUT/new.tar, each one layer, and OUT/truth.json:

    old, new   [name, version, place] of every package: by `dpkg-query` on the written trees, or by the list that
               `npm ls` and `pip list` gave when the corpus was built; place is empty where it is no part of a package
    order      "OLD NEW" -> -1, 0 or 1: by `dpkg --compare-versions`, npm's semver or pip's packaging
    files      of Debian: what was done to files, path -> word

It shares no code with the program that it judges.
"""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile


def merged(corpus, image, keep):
    """The kept files of an image, upper layers over lower ones: path -> (member, content)."""
    files = {}
    with tarfile.open(os.path.join(corpus, image, "image.docker.tar")) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
        for name in manifest[0]["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(name)) as layer:
                for member in layer:
                    path = member.name.removeprefix("./").rstrip("/")
                    folder, base = os.path.split(path)
                    if base.startswith(".wh."):
                        gone = os.path.join(folder, base[4:])
                        inside = folder if base == ".wh..wh..opq" else gone
                        for known in [it for it in files if it == gone or it.startswith(inside + "/")]:
                            del files[known]
                    elif path and not member.isdir() and keep(path):
                        content = layer.extractfile(member).read() if member.isreg() else None
                        member.name = path
                        files[path] = (member, content)
                    elif path and member.isdir() and keep(path):
                        member.name = path
                        files.setdefault(path, (member, None))
    return files


def write(path, files):
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as out:
        # Hard links come behind what they lead to.
        for name in sorted(files, key=lambda it: (files[it][0].islnk(), it)):
            member, content = files[name]
            member.pax_headers = {}
            if member.islnk():
                member.linkname = member.linkname.removeprefix("./")
            out.addfile(member, io.BytesIO(content) if content is not None else None)


def regular(path, content, mode):
    member = tarfile.TarInfo(path)
    member.size, member.mode = len(content), mode
    return member, content


def replaced(files, path, content, mode=None):
    member = files[path][0]
    files[path] = regular(path, content, mode or member.mode)


def dpkg_query(files):
    """What dpkg itself lists of a tree."""
    with tempfile.TemporaryDirectory() as admin:
        for path, (_, content) in files.items():
            if path.startswith("var/lib/dpkg/") and content is not None:
                target = os.path.join(admin, path.removeprefix("var/lib/dpkg/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as out:
                    out.write(content)
        said = subprocess.run(
            ["dpkg-query", "--admindir", admin, "--show", "--showformat", "${db:Status-Status} ${Package} ${Version}\n"],
            check=True, capture_output=True, text=True,
        ).stdout
    rows = [line.split(" ") for line in said.splitlines()]
    return [[name, version, ""] for status, name, version in rows if status == "installed"]


# What becomes of versions: an upgrade, binary rebuilds, downgrades by number, by epoch, by tilde and by revision.
EDITS = {
    "grep": "3.11-4",
    "hostname": "3.23+nmu1+b1",
    "bash": "5.2.15-2+b14",
    "zlib1g": "1.3.1-1",
    "findutils": "1:4.9.0-4",
    "libp11-kit0": "0.24.1~rc1-2",
    "debianutils": "5.7-0.5",
    "libssl3": "3.0.22-1~deb12u1",
    "openssl": "3.0.22-1~deb12u1",
    "diffutils": "1:3.6-1",
}
REMOVED = ["libzstd1", "libxxhash0"]
ADDED = ["libexpat1", "libsqlite3-0", "media-types", "libncursesw6"]


def debian(corpus):
    old = merged(corpus, "debian", lambda path: True)
    new = dict(old)
    donor = merged(corpus, "python-a", lambda path: True)
    status = lambda files: files["var/lib/dpkg/status"][1].decode().split("\n\n")
    named = lambda stanza: (re.search(r"^Package: (.*)$", stanza, re.M) or [None, None])[1]
    info = lambda files, name: [it for it in files if re.fullmatch(rf"var/lib/dpkg/info/{re.escape(name)}(:\w+)?\.\w+", it)]

    def paths(files, name):
        lists = [it for it in info(files, name) if it.endswith(".list")]
        listed = {line.lstrip("/") for it in lists for line in files[it][1].decode().splitlines()}
        # Debian 12 has /bin, /lib and /sbin below /usr.
        return [it for it in listed | {f"usr/{it}" for it in listed} if it in files and not files[it][0].isdir()]

    stanzas = [it for it in status(new) if named(it) not in REMOVED]
    for name in REMOVED:
        for path in paths(old, name) + info(old, name):
            new.pop(path, None)
    for at, stanza in enumerate(stanzas):
        if named(stanza) in EDITS:
            stanzas[at] = re.sub(r"^Version: .*$", f"Version: {EDITS[named(stanza)]}", stanza, flags=re.M)
    have = {named(it) for it in stanzas}
    for name in ADDED:
        assert name not in have, name
        stanzas.insert(-1, next(it for it in status(donor) if named(it) == name))
        for path in paths(donor, name) + info(donor, name):
            new.setdefault(path, donor[path])
    replaced(new, "var/lib/dpkg/status", "\n\n".join(stanzas).encode())

    replaced(new, "usr/bin/gunzip", old["usr/bin/gunzip"][1] + b"# changed\n")
    program = old["usr/bin/true"][1]
    new["opt/acme/bin/acme-agent"] = regular("opt/acme/bin/acme-agent", program + b"agent", 0o755)
    new["usr/local/bin/acme-suid"] = regular("usr/local/bin/acme-suid", program + b"suid", 0o4755)
    truth = {
        "old": dpkg_query(old),
        "new": dpkg_query(new),
        "files": {
            "usr/bin/gunzip": "changed",
            "opt/acme/bin/acme-agent": "added",
            "usr/local/bin/acme-suid": "added",
        },
    }
    return old, new, truth


def stated(corpus, image, ecosystem, below, whole):
    """What the corpus recorded of an image when it was built."""
    with open(os.path.join(corpus, image, "truth.json"), encoding="utf-8") as file:
        rows = json.load(file)["packages"][ecosystem]
    rows = [it for it in rows if it["path"].startswith(below)]
    return sorted([it["name"], it["version"], it["path"].lstrip("/") if whole else ""] for it in rows)


def node(corpus):
    names = ("package.json", "package-lock.json", ".package-lock.json")
    keep = lambda path: path.startswith("app/") and os.path.basename(path) in names
    sides = [merged(corpus, image, keep) for image in ("node-a", "node-b")]
    truth = [stated(corpus, image, "npm", "/app/", True) for image in ("node-a", "node-b")]
    # The tree's own root is the first line of `npm ls`, not one of its entries.
    for files, rows in zip(sides, truth):
        own = json.loads(files["app/package.json"][1])
        rows.append([own["name"], own["version"], "app"])
    return *sides, {"old": truth[0], "new": truth[1]}


def python(corpus):
    below = "opt/venv/lib/python3.11/site-packages/"
    keep = lambda path: path.startswith(below) and path.removeprefix(below).split("/")[0].endswith((".dist-info", ".egg-info"))
    sides = [merged(corpus, image, keep) for image in ("python-a", "python-b")]
    truth = [stated(corpus, image, "pypi", "/opt/venv/", False) for image in ("python-a", "python-b")]
    # PEP 503.
    for rows in truth:
        for row in rows:
            row[0] = re.sub(r"[-_.]+", "-", row[0]).lower()
    return *sides, {"old": truth[0], "new": truth[1]}


def dpkg_order(pairs):
    def one(a, b):
        less = subprocess.run(["dpkg", "--compare-versions", a, "lt", b]).returncode == 0
        same = subprocess.run(["dpkg", "--compare-versions", a, "eq", b]).returncode == 0
        return 0 if same else -1 if less else 1
    return [one(a, b) for a, b in pairs]


def semver_order(pairs):
    npm = os.path.realpath(subprocess.run(["which", "npm"], check=True, capture_output=True, text=True).stdout.strip())
    script = (
        "const s = require(require.resolve('semver', {paths: [process.argv[1]]}));"
        "const pairs = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(pairs.map(([a, b]) => s.compare(a, b))))"
    )
    said = subprocess.run(
        ["node", "-e", script, os.path.dirname(npm)], input=json.dumps(pairs), check=True, capture_output=True, text=True
    )
    return json.loads(said.stdout)


def pep440_order(pairs):
    from pip._vendor.packaging.version import Version

    return [(Version(a) > Version(b)) - (Version(a) < Version(b)) for a, b in pairs]


def main(kind, corpus, out):
    make, compare = {
        "debian": (debian, dpkg_order), "node": (node, semver_order), "python": (python, pep440_order),
    }[kind]
    old, new, truth = make(corpus)
    write(os.path.join(out, "old.tar"), old)
    write(os.path.join(out, "new.tar"), new)
    versions = lambda rows, name: {it[1] for it in rows if it[0] == name}
    names = {it[0] for it in truth["old"]} & {it[0] for it in truth["new"]}
    pairs = sorted(
        {(a, b) for name in names for a in versions(truth["old"], name) for b in versions(truth["new"], name) if a != b}
    )
    truth["order"] = {f"{a} {b}": order for (a, b), order in zip(pairs, compare(pairs))}
    with open(os.path.join(out, "truth.json"), "w", encoding="utf-8") as file:
        json.dump(truth, file, indent=1, sort_keys=True)


main(*sys.argv[1:])
