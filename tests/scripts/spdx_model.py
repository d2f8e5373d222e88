#!/usr/bin/env python3
"""The classes, members and words of SPDX 3.0.1 as a table of lines, for strict reading.

    spdx_model.py FOLDER >crates/bomwright-document/schemas/spdx-3.txt

FOLDER holds model.ttl and context.jsonld of SPDX 3.0.1. Needs rdflib. A line is one of
`class NAME [PARENT]`, `  MEMBER LEAST MOST KIND` of the class above it, and `words NAME WORD…`.
"""

import json
import pathlib
import sys

import rdflib
from rdflib import OWL, RDF, RDFS, XSD

SHACL = rdflib.Namespace("http://www.w3.org/ns/shacl#")
KINDS = {
    XSD.string: "text",
    XSD.anyURI: "text",
    XSD.dateTimeStamp: "time",
    XSD.boolean: "truth",
    XSD.nonNegativeInteger: "count",
    XSD.positiveInteger: "count",
    XSD.decimal: "number",
}


def main():
    folder = pathlib.Path(sys.argv[1])
    model = rdflib.Graph().parse(folder / "model.ttl", format="turtle")
    context = json.loads((folder / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    names = {}
    for name, meaning in context.items():
        names.setdefault(meaning if isinstance(meaning, str) else meaning.get("@id"), name)

    def name(iri):
        return names.get(str(iri), str(iri))

    for one in sorted(model.subjects(RDF.type, OWL.Class), key=name):
        members = set()
        for shape in model.objects(one, SHACL.property):
            path = model.value(shape, SHACL.path)
            if path in (None, RDF.type):
                continue
            of = model.value(shape, SHACL["class"])
            kind = name(of) if of else KINDS[model.value(shape, SHACL.datatype)]
            least, most = model.value(shape, SHACL.minCount) or 0, model.value(shape, SHACL.maxCount) or "*"
            members.add(f"  {name(path)} {least} {most} {kind}")
        parents = [name(parent) for parent in model.objects(one, RDFS.subClassOf)]
        words = sorted(str(word).rsplit("/", 1)[1] for word in model.subjects(RDF.type, one))
        if words and not members and not parents:
            print("words", name(one), *words)
        else:
            print("class", name(one), *parents)
            print(*sorted(members), sep="\n", end="\n" if members else "")


if __name__ == "__main__":
    main()
