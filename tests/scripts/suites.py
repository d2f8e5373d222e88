#!/usr/bin/env python3
"""Example documents of the standards, and the schemas that strict reading uses.

    suites.py fetch FOLDER            gets the source archives of PACKAGES with pip and unpacks their documents
    suites.py schemas FOLDER OUT      takes the schemas of CycloneDX from FOLDER to OUT, without their documentation

The documents never go into the repository: tests find them in the folder that BOMWRIGHT_SUITES names. Needs a Python
with pip, and nothing else.
"""

import json
import pathlib
import re
import subprocess
import sys
import tarfile

# The first holds the valid-* and invalid-* documents of the CycloneDX specification, the others documents of SPDX.
PACKAGES = {
    "cyclonedx-python-lib": "11.12.0",
    "spdx-tools": "0.8.5",
    "ntia-conformance-checker": "6.0.0",
}
DOCUMENTS = {".json", ".xml", ".spdx", ".tag", ".xsd"}
VERSIONS = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"]


def fetch(folder):
    for name, version in PACKAGES.items():
        target = folder / name
        done = target / ".version"
        if done.is_file() and done.read_text() == version:
            continue
        archives = folder / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        # Only what the source archives hold is wanted; they are not built.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-binary", name, "--dest", str(archives), f"{name}=={version}"]
        subprocess.run(command, check=True)
        (archive,) = archives.glob(f"{name.replace('-', '?')}-{version}.tar.gz")
        unpack(archive, target)
        done.write_text(version)
        print(f"{name} {version}: {sum(1 for it in target.rglob('*') if it.is_file())} files")


def unpack(archive, target):
    with tarfile.open(archive) as tar:
        for member in tar:
            path = pathlib.PurePosixPath(*pathlib.PurePosixPath(member.name).parts[1:])
            if member.isfile() and path.suffix in DOCUMENTS and ".." not in path.parts:
                place = target / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(tar.extractfile(member).read())


def schemas(folder, out):
    source = folder / "cyclonedx-python-lib" / "cyclonedx" / "schema" / "_res"
    out.mkdir(parents=True, exist_ok=True)
    names = {f"bom-{version}.schema.json": f"bom-{version}" for version in VERSIONS[2:]}
    # Of the first two versions, only these refuse members that are not known.
    names |= {f"bom-{version}.schema.json": f"bom-{version}-strict" for version in VERSIONS[:2]}
    names |= {f"{name}.schema.json": name for name in ["spdx", "jsf-0.82", "cryptography-defs"]}
    for name, old in names.items():
        text = (source / f"{old}.SNAPSHOT.schema.json").read_text(encoding="utf-8")
        schema = bare(json.loads(text.replace(".SNAPSHOT.schema.json", ".schema.json")))
        (out / name).write_text(json.dumps(schema, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", encoding="utf-8")
    for version in VERSIONS:
        text = (source / f"bom-{version}.SNAPSHOT.xsd").read_text(encoding="utf-8")
        (out / f"bom-{version}.xsd").write_text(bare_xml(text), encoding="utf-8")


SILENT = {"description", "title", "$comment", "examples", "meta:enum", "deprecated", "default"}
BY_NAME = {"properties", "patternProperties", "definitions", "$defs"}


def bare(schema):
    """The schema without what says nothing of validity."""
    if isinstance(schema, list):
        return [bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {}
    for key, value in schema.items():
        if key in BY_NAME and isinstance(value, dict):
            out[key] = {name: bare(one) for name, one in value.items()}
        elif key == "$id" and value.startswith("#/"):
            continue
        elif key not in SILENT:
            out[key] = value if key in ("enum", "const") else bare(value)
    return out


def bare_xml(text):
    head, rest = text.split("<xs:schema", 1)
    rest = re.sub(r"<!--.*?-->", "", "<xs:schema" + rest, flags=re.S)
    rest = re.sub(r"<xs:annotation\b[^>]*>.*?</xs:annotation>", "", rest, flags=re.S)
    rest = re.sub(r"\s*\n\s*", "\n", rest)
    return head.strip() + "\n" + rest.strip() + "\n"


def main():
    match sys.argv[1:]:
        case ["fetch", folder]:
            fetch(pathlib.Path(folder))
        case ["schemas", folder, out]:
            schemas(pathlib.Path(folder), pathlib.Path(out))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
