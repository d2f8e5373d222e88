"""Writes an Alpine-like root file system with an apk database: `python3 apk.py LAYER.tar TRUTH.tsv`.

The database is `lib/apk/db/installed`: paragraphs of one-letter fields, apk's installed-database format, version 2. C: is
"Q1" and the base64 of a SHA-1; F: opens a folder, R: names a file in it, a: and M: are owner, group and mode where they
aren't the usual, Z: is the file's own checksum.
"""

import base64
import hashlib
import io
import sys
import tarfile

# name, version, origin, licence, depends, provides, files. Twenty packages.
BUSYBOX_APPLETS = ("cat", "cp", "grep", "ls", "mv", "rm", "sed")
PACKAGES = [
    ("alpine-baselayout", "3.4.3-r2", "alpine-baselayout", "GPL-2.0-only", "alpine-baselayout-data=3.4.3-r2 /bin/sh", "",
     {"etc/profile.d/README": "read me\n", "etc/motd": "Welcome\n"}),
    ("alpine-baselayout-data", "3.4.3-r2", "alpine-baselayout", "GPL-2.0-only", "", "",
     {"etc/hosts": "127.0.0.1 localhost\n", "etc/group": "root:x:0:root\n", "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
      "etc/shadow": "root:*::0:::::\n"}),
    ("alpine-keys", "2.4-r1", "alpine-keys", "MIT", "", "", {"usr/share/apk/keys/corpus.rsa.pub": "no key\n"}),
    ("alpine-release", "3.19.1-r0", "alpine-base", "MIT", "alpine-keys", "",
     {"etc/alpine-release": "3.19.1\n",
      "usr/lib/os-release": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n'}),
    ("apk-tools", "2.14.0-r5", "apk-tools", "GPL-2.0-only",
     "musl>=1.2 ca-certificates-bundle so:libc.musl-x86_64.so.1 so:libcrypto.so.3 so:libssl.so.3 so:libz.so.1",
     "so:libapk.so.2.14.0=2.14.0 cmd:apk=2.14.0-r5", {"sbin/apk": "ELF?\n", "lib/libapk.so.2.14.0": "ELF?\n"}),
    ("busybox", "1.36.1-r15", "busybox", "GPL-2.0-only", "so:libc.musl-x86_64.so.1", "cmd:busybox=1.36.1-r15",
     {"bin/busybox": "ELF?\n", "etc/securetty": "tty1\n"}),
    ("busybox-binsh", "1.36.1-r15", "busybox", "GPL-2.0-only", "busybox=1.36.1-r15", "/bin/sh cmd:sh=1.36.1-r15",
     {"bin/sh": ("/bin/busybox",)}),
    ("ca-certificates-bundle", "20230506-r0", "ca-certificates", "MPL-2.0 AND MIT", "", "ca-certificates-cacert=20230506-r0",
     {"etc/ssl/certs/ca-certificates.crt": "no certificates\n"}),
    ("libc-utils", "0.7.2-r5", "libc-dev", "BSD-2-Clause AND BSD-3-Clause", "musl-utils", "", {}),
    ("libcrypto3", "3.1.4-r5", "openssl", "Apache-2.0", "so:libc.musl-x86_64.so.1", "so:libcrypto.so.3=3",
     {"lib/libcrypto.so.3": "ELF?\n"}),
    ("libssl3", "3.1.4-r5", "openssl", "Apache-2.0", "so:libc.musl-x86_64.so.1 so:libcrypto.so.3", "so:libssl.so.3=3",
     {"lib/libssl.so.3": "ELF?\n"}),
    ("musl", "1.2.4_git20230717-r4", "musl", "MIT", "", "so:libc.musl-x86_64.so.1=1",
     {"lib/ld-musl-x86_64.so.1": "ELF?\n", "lib/libc.musl-x86_64.so.1": ("ld-musl-x86_64.so.1",)}),
    ("musl-utils", "1.2.4_git20230717-r4", "musl", "MIT AND BSD-2-Clause AND GPL-2.0-or-later",
     "scanelf so:libc.musl-x86_64.so.1", "cmd:ldd=1.2.4_git20230717-r4", {"usr/bin/ldd": "#!/bin/sh\n"}),
    ("scanelf", "1.3.7-r2", "pax-utils", "GPL-2.0-only", "so:libc.musl-x86_64.so.1", "cmd:scanelf=1.3.7-r2",
     {"usr/bin/scanelf": "ELF?\n"}),
    ("ssl_client", "1.36.1-r15", "busybox", "GPL-2.0-only", "so:libc.musl-x86_64.so.1 so:libcrypto.so.3 so:libssl.so.3",
     "cmd:ssl_client=1.36.1-r15", {"usr/bin/ssl_client": "ELF?\n"}),
    ("zlib", "1.3.1-r0", "zlib", "Zlib", "so:libc.musl-x86_64.so.1", "so:libz.so.1=1.3.1",
     {"lib/libz.so.1.3.1": "ELF?\n", "lib/libz.so.1": ("libz.so.1.3.1",)}),
    ("pcre2", "10.42-r2", "pcre2", "BSD-3-Clause", "so:libc.musl-x86_64.so.1", "so:libpcre2-8.so.0=0.11.2",
     {"usr/lib/libpcre2-8.so.0": "ELF?\n"}),
    ("nginx", "1.24.0-r15", "nginx", "BSD-2-Clause",
     "/bin/sh so:libc.musl-x86_64.so.1 so:libcrypto.so.3 so:libpcre2-8.so.0 so:libssl.so.3 so:libz.so.1 !nginx-old<1",
     "cmd:nginx=1.24.0-r15", {"usr/sbin/nginx": "ELF?\n", "etc/nginx/nginx.conf": "events {}\n"}),
    ("tzdata", "2024a-r0", "tzdata", "Public-Domain", "", "", {"usr/share/zoneinfo/UTC": "TZif?\n"}),
    (".nginx-rundeps", "20240115.101112", "", "", "nginx so:libz.so.1", "", {}),
]


def checksum(data):
    return "Q1" + base64.b64encode(hashlib.sha1(data).digest()).decode()


def paragraph(name, version, origin, licence, depends, provides, files):
    lines = [f"C:{checksum((name + version).encode())}", f"P:{name}", f"V:{version}",
             f"A:{'noarch' if name.startswith('.') else 'x86_64'}", "S:4096", "I:12288",
             f"T:{name.lstrip('.')} of the corpus", "U:https://alpinelinux.org/", f"L:{licence}"]
    if origin:
        lines += [f"o:{origin}", "m:Corpus <corpus@example.org>", "t:1705312800", "c:" + hashlib.sha1(origin.encode()).hexdigest()]
    if depends:
        lines.append(f"D:{depends}")
    if provides:
        lines.append(f"p:{provides}")
    folder = None
    for path in sorted(files, key=lambda path: path.rpartition("/")[::2]):
        parent, _, base = path.rpartition("/")
        if parent != folder:
            lines.append(f"F:{parent}")
            folder = parent
        lines.append(f"R:{base}")
        content = files[path]
        if isinstance(content, tuple):
            lines += ["a:0:0:777", f"Z:{checksum(content[0].encode())}"]
        else:
            if parent.endswith("bin"):
                lines.append("a:0:0:755")
            elif base == "shadow":
                lines.append("a:0:42:640")
            lines.append(f"Z:{checksum(content.encode())}")
    return "\n".join(lines) + "\n\n"


layer, truth = sys.argv[1:]
installed = "".join(paragraph(*package) for package in PACKAGES)
tree = {}
for *_, files in PACKAGES:
    tree.update(files)
tree |= {f"bin/{applet}": ("/bin/busybox",) for applet in BUSYBOX_APPLETS}
tree |= {
    "lib/apk/db/installed": installed,
    "lib/apk/db/lock": "",
    "lib/apk/db/triggers": "",
    "etc/apk/world": "alpine-baselayout\nalpine-keys\napk-tools\nbusybox\nlibc-utils\nnginx\ntzdata\n",
    "etc/apk/repositories": "https://mirror.example/alpine/v3.19/main\nhttps://mirror.example/alpine/v3.19/community\n",
    "etc/os-release": ("../usr/lib/os-release",),
}
folders = {path.rsplit("/", depth)[0] for path in tree for depth in range(1, path.count("/") + 1)}
with tarfile.open(layer, "w", format=tarfile.USTAR_FORMAT) as tar:
    for path in sorted(folders | tree.keys()):
        entry = tarfile.TarInfo(path)
        entry.mtime = 1_705_312_800
        content = tree.get(path)
        if content is None:
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        elif isinstance(content, tuple):
            entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, content[0], 0o777
        else:
            entry.size, entry.mode = len(content.encode()), 0o755 if path.split("/")[-2].endswith("bin") else 0o644
            if path == "etc/shadow":
                entry.mode, entry.gid = 0o640, 42
            tar.addfile(entry, io.BytesIO(content.encode()))
            continue
        tar.addfile(entry)
with open(truth, "w") as out:
    for name, version, *_ in PACKAGES:
        out.write(f"{name}\t{version}\t{'noarch' if name.startswith('.') else 'x86_64'}\n")
assert len(PACKAGES) == 20
