"""Whether documents of SPDX 3.0.1 keep to its shapes: `python3 spdx_shapes.py DATA DOCUMENT...`.

DATA holds `model.ttl` and `context.jsonld` of the specification. Nothing is fetched: the context is put into the
document.
"""

import json
import sys

import pyshacl
import rdflib

folder = sys.argv[1]
model = rdflib.Graph().parse(folder + "/model.ttl", format="turtle")
context = json.load(open(folder + "/context.jsonld", encoding="utf-8"))
bad = 0
for path in sys.argv[2:]:
    document = json.load(open(path, encoding="utf-8"))
    document["@context"] = context["@context"]
    data = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    conforms, _, text = pyshacl.validate(data, shacl_graph=model, ont_graph=model)
    assert len(data) > 100, "nothing was read"
    if not conforms:
        print(path, text[:3000])
        bad += 1
sys.exit(bad)
