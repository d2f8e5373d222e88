"""Writes 39 layers for the image `layers40`: `python3 layers40.py BASE.tar FOLDER`.

Each layer is a tar and a text (what its history says). Together with the base they are forty.
"""

import io
import pathlib
import re
import sys
import tarfile

BASE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
FOLDER.mkdir()
TIME = 1_760_000_000
DIRECTORY, LINK, HARD, CHARACTER, FIFO = (
    tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
count = 0


def layer(history, *entries, format=tarfile.PAX_FORMAT):
    """Writes the next layer. An entry is (name, content or type[, target][, {field: value}])."""
    global count
    count += 1
    path = FOLDER / f"{count:02}.tar"
    path.with_suffix(".txt").write_text(history)
    with tarfile.open(path, "w", format=format, errors="surrogateescape") as tar:
        for name, what, *rest in entries:
            info = tarfile.TarInfo(name)
            info.mtime = TIME + count
            data = None
            if what in (DIRECTORY, LINK, HARD, CHARACTER, FIFO):
                info.type = what
                info.mode = 0o755 if what == DIRECTORY else 0o777 if what == LINK else 0o644
            else:
                data = what if isinstance(what, bytes) else what.encode()
                info.size = len(data)
                info.mode = 0o644
            for value in rest:
                if isinstance(value, dict):
                    for field, setting in value.items():
                        setattr(info, field, setting)
                else:
                    info.linkname = value
            tar.addfile(info, io.BytesIO(data) if data is not None else None)


with tarfile.open(BASE) as base:
    members = {member.name.removeprefix("./"): member for member in base}
    status = base.extractfile(members["var/lib/dpkg/status"]).read().decode()
    info = {name for name in members if name.startswith("var/lib/dpkg/info/")}
    lists = {
        package: base.extractfile(members[f"var/lib/dpkg/info/{package}.list"]).read().decode().splitlines()
        for package in ("tzdata", "mawk", "mount")
        if f"var/lib/dpkg/info/{package}.list" in members
    }


def without(text, package):
    """The dpkg status without one package's paragraph."""
    paragraphs = text.split("\n\n")
    kept = [one for one in paragraphs if not re.match(rf"Package: {re.escape(package)}\n", one)]
    assert len(kept) == len(paragraphs) - 1, package
    return "\n\n".join(kept)


def whiteouts(package):
    """Whiteouts for a package's files (its folders may be shared) and for its dpkg records."""
    names = [path.lstrip("/") for path in lists[package]]
    # A merged /usr: what dpkg lists below /bin lies below /usr/bin.
    names = ["usr/" + name if name.split("/")[0] in ("bin", "sbin", "lib", "lib64") else name for name in names]
    files = [name for name in names if name in members and not members[name].isdir()]
    files += [name for name in sorted(info) if re.match(rf"{package}\.", name.rsplit("/", 1)[1])]
    assert len(files) > 3, package
    return [(f"{name.rpartition('/')[0]}/.wh.{name.rpartition('/')[2]}", "") for name in files]


def paragraph(name, version, state="install ok installed", extra=""):
    return (f"Package: {name}\nStatus: {state}\nPriority: optional\nSection: misc\nInstalled-Size: 10\n"
            f"Maintainer: Corpus <corpus@example.org>\nArchitecture: amd64\nVersion: {version}\n{extra}"
            f"Description: made for the corpus\n\n")


# 1-5: plain files, overwritten, removed, brought back.
layer("COPY app /app", ("app", DIRECTORY), ("app/main", "one", {"mode": 0o755}), ("app/gone", "x"), ("app/back", "1"))
layer("COPY app/main /app/main", ("app/main", "one and two"))
layer("RUN rm /app/gone /app/back", ("app/.wh.gone", ""), ("app/.wh.back", ""))
layer("COPY back /app/back", ("app/back", "second life"))
layer("RUN rm -f /app/never-was", ("app/.wh.never-was", ""))
# 6-10: opaque folders, first or last in their layer; a removed folder; a new folder in its place.
layer("COPY data /data", ("data", DIRECTORY), ("data/a", "a"), ("data/b", "b"), ("data/sub", DIRECTORY),
      ("data/sub/c", "c"), ("keep", DIRECTORY), ("keep/k", "k"))
layer("RUN rm -r /data; COPY data /data (marker first)", ("data", DIRECTORY), ("data/.wh..wh..opq", ""),
      ("data/new", "n"))
layer("COPY more /data", ("data/more", DIRECTORY), ("data/more/m1", "1"), ("data/more/m2", "2"))
layer("opaque marker last in its layer", ("data/more", DIRECTORY), ("data/more/m3", "3"),
      ("data/more/.wh..wh..opq", ""))
layer("RUN rm -r /keep", (".wh.keep", ""))
# 11-15: types replaced: file by folder, folder by file, folder by link, link by folder, file by link.
layer("COPY types /types", ("types", DIRECTORY), ("types/f2d", "f"), ("types/d2f", DIRECTORY), ("types/d2f/in", "x"),
      ("types/d2l", DIRECTORY), ("types/d2l/in", "x"), ("types/l2d", LINK, "d2l"), ("types/f2l", "f"))
layer("file becomes folder, folder becomes file", ("types/f2d", DIRECTORY), ("types/f2d/in", "y"),
      ("types/d2f", "now a file"))
layer("folder becomes link", ("types/d2l", LINK, "../app"), ("types/f2l", LINK, "/app/main"))
layer("link becomes folder", ("types/l2d", DIRECTORY), ("types/l2d/in", "z"))
layer("folder removed and made anew in one layer", ("types/.wh.f2d", ""), ("types/f2d", "a file again"))
# 16-20: hard links: in one layer, to a file of a lower layer, then one name removed, then one name overwritten.
layer("hard links", ("hard", DIRECTORY), ("hard/one", "shared", {"mode": 0o640}), ("hard/two", HARD, "hard/one"),
      ("hard/three", HARD, "hard/one"))
layer("hard link to a lower layer's file", ("hard/main", HARD, "app/main"))
layer("RUN rm /hard/one", ("hard/.wh.one", ""))
layer("RUN echo >/hard/two", ("hard/two", "on its own"))
layer("hard link to a symbolic link", ("hard/soft", LINK, "three"), ("hard/softer", HARD, "hard/soft"))
# 21-25: symbolic links: dangling, absolute, loops, to outside; a folder's contents written through its real name.
layer("symbolic links", ("soft", DIRECTORY), ("soft/dangling", LINK, "nowhere"), ("soft/abs", LINK, "/etc/passwd"),
      ("soft/up", LINK, "../../../../etc/hostname"), ("soft/loop1", LINK, "loop2"), ("soft/loop2", LINK, "loop1"),
      ("soft/self", LINK, "self"))
layer("RUN rm /soft/abs (the target stays)", ("soft/.wh.abs", ""))
layer("write below merged /usr", ("usr/bin/corpus-tool", "#!/bin/sh\n", {"mode": 0o755}))
layer("chmod, chown", ("app/main", "one and two", {"mode": 0o4755, "uid": 1000, "gid": 1000}))
layer("special files", ("special", DIRECTORY), ("special/null", CHARACTER, {"devmajor": 1, "devminor": 3}),
      ("special/pipe", FIFO), ("special/tmp", DIRECTORY, {"mode": 0o1777}))
# 26-30: names: long, in GNU's and in pax's way; odd bytes; a leading ./; a trailing slash; an absolute name.
long = "long/" + "/".join(["component-of-a-long-path"] * 8)
parents = ["/".join(long.split("/")[:depth]) for depth in range(1, 10)]
layer("long names, pax", *[(name, DIRECTORY) for name in parents], (long + "/pax-" + "x" * 120, "p"),
      (long + "/link", LINK, "pax-" + "x" * 120))
layer("long names, GNU", (long + "/gnu-" + "y" * 120, "g"), (long + "/hard", HARD, long + "/gnu-" + "y" * 120),
      format=tarfile.GNU_FORMAT)
layer("long names, ustar prefix", (long[:150].rsplit("/", 1)[0] + "/ustar", "u"), format=tarfile.USTAR_FORMAT)
layer("odd names", ("odd", DIRECTORY), ("odd/with space", "s"), ("odd/caf\u00e9", "u"), ("odd/tab\there", "t"),
      ("odd/back\\slash", "b"), ("odd/.whisper", "not a whiteout"), ("odd/wh.it", "nor this"))
layer("spellings", ("./odd/dot-slash", "d"), ("odd/trailing/", DIRECTORY), ("odd//double", "e"))
# 31-32: the same name twice in one layer: the later entry stands.
layer("twice in one layer", ("twice", DIRECTORY), ("twice/f", "first"), ("twice/f", "second, longer"),
      ("twice/d", DIRECTORY, {"mode": 0o700}), ("twice/d", DIRECTORY, {"mode": 0o711}))
layer("an empty layer")
# 33-38: packages come and go.
layer("RUN apt-get install corpus-one corpus-two",
      ("var/lib/dpkg/status", status + paragraph("corpus-one", "1.0-1", extra="Depends: libc6 (>= 2.36), corpus-two\n")
       + paragraph("corpus-two", "2:1.0~rc1-1+b2")),
      ("var/lib/dpkg/info/corpus-one.list", "/.\n/usr\n/usr/bin\n/usr/bin/corpus-one\n"),
      ("var/lib/dpkg/info/corpus-two.list", "/.\n/usr\n/usr/bin\n/usr/bin/corpus-two\n"),
      ("usr/bin/corpus-one", "#!/bin/sh\n", {"mode": 0o755}), ("usr/bin/corpus-two", "#!/bin/sh\n", {"mode": 0o755}))
layer("RUN apt-get install --only-upgrade corpus-one",
      ("var/lib/dpkg/status", status + paragraph("corpus-one", "1.1-1", extra="Depends: libc6 (>= 2.36), corpus-two\n")
       + paragraph("corpus-two", "2:1.0~rc1-1+b2")),
      ("usr/bin/corpus-one", "#!/bin/sh\n# 1.1\n", {"mode": 0o755}))
smaller = without(status, "mawk") if "mawk" in lists else status
layer("RUN dpkg --force-depends --purge mawk",
      ("var/lib/dpkg/status", smaller + paragraph("corpus-one", "1.1-1") + paragraph("corpus-two", "2:1.0~rc1-1+b2")),
      *(whiteouts("mawk") if "mawk" in lists else []))
layer("RUN apt-get remove corpus-two (its configuration stays)",
      ("var/lib/dpkg/status", smaller + paragraph("corpus-one", "1.1-1")
       + paragraph("corpus-two", "2:1.0~rc1-1+b2", "deinstall ok config-files")),
      ("usr/bin/.wh.corpus-two", ""))
layer("corpus-three is unpacked, not yet configured",
      ("var/lib/dpkg/status", smaller + paragraph("corpus-one", "1.1-1")
       + paragraph("corpus-two", "2:1.0~rc1-1+b2", "deinstall ok config-files")
       + paragraph("corpus-three", "0.1-1", "install ok half-configured")),
      ("var/lib/dpkg/info/corpus-three.list", "/.\n/usr\n/usr/bin\n/usr/bin/corpus-three\n"),
      ("usr/bin/corpus-three", "#!/bin/sh\n", {"mode": 0o755}))
layer("a file is owned by the package and changed after it", ("usr/bin/corpus-one", "#!/bin/sh\n# changed\n"))
# 39: a folder that was a link before goes away and comes back empty.
layer("RUN rm -r /data/new /types/l2d; mkdir /types/l2d", ("data/.wh.new", ""), ("types/.wh.l2d", ""),
      ("types/l2d", DIRECTORY))
assert count == 39, count
