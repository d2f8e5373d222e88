"""Helps the recipe of the rpm images.

`rpm.py DEBS SPECS` unpacks Debian packages and writes a spec file for each, and for three packages of its own.
`rpm.py --bdb rpmdb.sqlite` writes the package headers as a dump that db5.3_load reads: the key of a header is its number,
and key 0 holds the highest one (rpm's old BerkeleyDB layout; numbers are 4 bytes of the machine's order).
`rpm.py --ndb rpmdb.sqlite` writes them as rpm's own `Packages.db` (Debian's rpm is built without that backend).
"""

import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import zlib

NAMES = {"libc6": "glibc", "zlib1g": "zlib", "libgcc-s1": "libgcc", "libssl3": "openssl-libs", "libcurl4": "libcurl"}
MERGED = ("bin", "sbin", "lib", "lib64")
EXTRA = {
    "libc6": "Provides: rtld(GNU_HASH)\nRequires(pre): filesystem\n",
    "bash": "Provides: /bin/sh\nProvides: /bin/bash\n",
    "curl": "Recommends: ca-certificates\n",
    "openssl": "Epoch: 1\n",
    "libssl3": "Epoch: 1\n",
}
SPEC = """\
Name: {name}
Version: {version}
Release: {release}
Summary: {summary}
License: {licence}
URL: {url}
BuildArch: {arch}
{extra}
%global __requires_exclude ^(perl|python|/usr/bin/(perl|python)|/usr/sbin/).*$
%description
{summary}.
%install
{install}
%files
{files}
%changelog
* Thu Oct 09 2025 Corpus Linux <packages@corpus.example> - {version}-{release}
- Built for the corpus
"""


def field(deb, name):
    return subprocess.run(["dpkg-deb", "--field", deb, name], check=True, capture_output=True, text=True).stdout.strip()


def unpack(deb, tree):
    """Unpacks a package with /bin, /sbin, /lib and /lib64 below /usr, and libraries executable, as rpm looks for them."""
    subprocess.run(["dpkg-deb", "--extract", deb, tree], check=True)
    for folder in MERGED:
        if (tree / folder).is_dir():
            (tree / "usr").mkdir(exist_ok=True)
            subprocess.run(["cp", "-a", tree / folder, tree / "usr"], check=True)
            subprocess.run(["rm", "-r", tree / folder], check=True)
    for path in tree.rglob("*.so*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755)


def listing(tree):
    lines = []
    for path in sorted(tree.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = "/" + str(path.relative_to(tree))
        kind = "%config(noreplace) " if name.startswith("/etc/") else "%doc " if name.startswith("/usr/share/doc/") else ""
        # A bracket is a pattern to rpm; any character will do in its place.
        lines.append(f'{kind}"{re.sub(r"[][{}*?]", "?", name)}"')
    return "\n".join(lines)


def specs(debs, out):
    for deb in sorted(pathlib.Path(debs).resolve().glob("*.deb")):
        package = field(deb, "Package")
        tree = pathlib.Path(out).resolve() / f"{package}.tree"
        unpack(deb, tree)
        if package == "bash":
            (tree / "usr/bin/sh").symlink_to("bash")
        upstream = field(deb, "Version").rpartition(":")[2]
        version, _, revision = upstream.rpartition("-") if "-" in upstream else (upstream, "", "1")
        write(out, package, name=NAMES.get(package, package), version=version.replace("-", "."),
              release=f"{revision}.cl9", summary=field(deb, "Description").splitlines()[0].strip().rstrip("."),
              licence="GPL-2.0-or-later" if package in ("bash", "coreutils", "tar") else "MIT",
              url=field(deb, "Homepage") or "https://corpus.example/",
              arch="noarch" if field(deb, "Architecture") == "all" else "x86_64", extra=EXTRA.get(package, ""),
              install=f"mkdir -p %{{buildroot}}\ncp -a {tree}/. %{{buildroot}}/", files=listing(tree))
    folders = "usr usr/bin usr/sbin usr/lib usr/lib64 usr/share etc var var/lib var/log opt tmp root proc sys dev"
    links = "\n".join(f"ln -s usr/{folder} %{{buildroot}}/{folder}" for folder in MERGED)
    write(out, "filesystem", name="filesystem", version="3.18", release="2.cl9", summary="The basic directory layout",
          licence="LicenseRef-Public-Domain", url="https://corpus.example/", arch="x86_64", extra="Requires: corpus-release\n",
          install=f"cd %{{buildroot}} 2>/dev/null || mkdir -p %{{buildroot}} && cd %{{buildroot}} && mkdir -p {folders}\n{links}",
          files="\n".join("%dir /" + folder for folder in folders.split()) + "\n" + "\n".join("/" + one for one in MERGED))
    write(out, "release", name="corpus-release", version="9.4", release="1.cl9", summary="Corpus Linux release files",
          licence="MIT", url="https://corpus.example/", arch="noarch", extra="Provides: system-release = 9.4\n",
          install="mkdir -p %{buildroot}/etc %{buildroot}/usr/lib\nprintf 'NAME=\"Corpus Linux\"\\nID=corpus\\n"
                  "ID_LIKE=\"rhel fedora\"\\nVERSION_ID=9.4\\nPRETTY_NAME=\"Corpus Linux 9.4\"\\n' >%{buildroot}/usr/lib/os-release\n"
                  "ln -s ../usr/lib/os-release %{buildroot}/etc/os-release",
          files="/usr/lib/os-release\n/etc/os-release")
    write(out, "shop-agent", name="shop-agent", version="0.7.1", release="3", summary="An in-house agent",
          licence="LicenseRef-Proprietary", url="https://shop.example/", arch="x86_64",
          extra="Vendor: Example Shop Ltd\nPackager: Shop Build <build@shop.example>\nRequires: curl\n",
          install="mkdir -p %{buildroot}/usr/bin %{buildroot}/opt/shop\nprintf '#!/bin/sh\\ncurl --version\\n' >%{buildroot}/usr/bin/"
                  "shop-agent\nchmod 755 %{buildroot}/usr/bin/shop-agent\necho 'interval=60' >%{buildroot}/opt/shop/agent.conf",
          files="/usr/bin/shop-agent\n%config /opt/shop/agent.conf")


def write(out, stem, **values):
    (pathlib.Path(out) / f"{stem}.spec").write_text(SPEC.format(**values))


def headers(database):
    return list(sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute("SELECT hnum, blob FROM Packages ORDER BY hnum"))


def bdb(database):
    rows = headers(database)
    print("VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END")
    for number, blob in [(0, struct.pack("=I", rows[-1][0])), *rows]:
        print(" " + struct.pack("=I", number).hex())
        print(" " + blob.hex())
    print("DATA=END")


def ndb(database):
    """One page of slots (16 bytes each; the header takes two), then the blobs in blocks of 16 bytes.

    The third slot is free and blocks lie unused between the first blobs, as after a removal.
    """
    rows = headers(database)
    slots, blobs, block = [b"Slot" + bytes(12)] * (4096 // 16 - 2), b"", 4096 // 16
    assert len(rows) < len(slots)
    for index, (number, blob) in enumerate(rows):
        head = b"BlbS" + struct.pack("<III", number, 1_760_000_000, len(blob)) + blob
        head += bytes(-(len(head) + 12) % 16)
        whole = head + struct.pack("<II", zlib.adler32(head), len(blob)) + b"BlbE"
        slots[index + (index > 1)] = b"Slot" + struct.pack("<III", number, block, len(whole) // 16)
        gap = bytes(64) if index == 1 else b""
        blobs += whole + gap
        block += (len(whole) + len(gap)) // 16
    sys.stdout.buffer.write(b"RpmP" + struct.pack("<IIII", 0, len(rows), 1, rows[-1][0] + 1) + bytes(12) + b"".join(slots) + blobs)


if sys.argv[1] == "--bdb":
    bdb(sys.argv[2])
elif sys.argv[1] == "--ndb":
    ndb(sys.argv[2])
else:
    specs(sys.argv[1], sys.argv[2])
