#!/usr/bin/env bash
# Fills corpus/TARGET from the repository's fixtures and samples. Existing inputs are kept.
#
# Names of seeds are digests of their content, so running it twice changes nothing. Fixtures above 256 KiB are
# left out: a fuzzer that must copy them does little else.
set -euo pipefail
cd "$(dirname "$0")"
testdata=../crates/bomwright-ecosystems/testdata
dedicated=" apk deb elf golang maven npm pypi rpm "
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

# keep TARGET: stores standard input as a seed.
keep() {
    mkdir -p "corpus/$1"
    cat >"$scratch"
    cp "$scratch" "corpus/$1/$(sha256sum <"$scratch" | cut -c 1-16)"
}

for case in "$testdata"/*/*/; do
    ecosystem=$(basename "$(dirname "$case")")
    [[ -d $case/root ]] || continue
    # One file for one reader: its path, a line feed, its bytes.
    (cd "$case/root" && find . -type f -size -256k -printf '%P\n') | while IFS= read -r path; do
        targets=ecosystem
        [[ $dedicated == *" $ecosystem "* ]] && targets="ecosystem $ecosystem"
        for target in $targets; do
            { printf '%s\n' "$path"; cat "$case/root/$path"; } | keep "$target"
        done
    done
    # A case as a layer: sorted and dated, so that the same files give the same tar.
    if (($(du -sk "$case/root" | cut -f 1) < 512)); then
        for format in ustar pax gnu; do
            pack=(tar -C "$case/root" --format="$format" --sort=name --owner=0 --group=0 --mtime=@0 -cf - .)
            "${pack[@]}" | keep tar
            [[ $format != ustar ]] || "${pack[@]}" | keep extract
            [[ $format != gnu ]] || "${pack[@]}" | gzip -n | keep source
        done
    fi
done

# Sparse files, links, long names and whiteouts, which no fixture of an ecosystem has.
layer=$(mktemp -d)
mkdir -p "$layer/a/$(printf 'd%.0s' {1..120})/$(printf 'e%.0s' {1..120})" "$layer/gone"
printf 'start' >"$layer/a/sparse"
truncate -s 100K "$layer/a/sparse"
printf 'end' >>"$layer/a/sparse"
ln "$layer/a/sparse" "$layer/a/hard"
ln -s ../a "$layer/a/soft"
ln -s "$(printf '/x%.0s' {1..100})" "$layer/a/far"
touch "$layer/gone/.wh.file" "$layer/gone/.wh..wh..opq"
touch "$layer/a/$(printf 'd%.0s' {1..120})/$(printf 'e%.0s' {1..120})/file"
for options in --format=gnu "--format=gnu --sparse" --format=pax "--format=pax --sparse --sparse-version=0.0" \
    "--format=pax --sparse --sparse-version=0.1" "--format=pax --sparse --sparse-version=1.0"; do
    # shellcheck disable=SC2086 # each is a list of words
    tar -C "$layer" $options --sort=name --owner=0 --group=0 --mtime=@0 -cf - . | tee >(keep extract) | keep tar
done
rm -r "$layer"

# Archives of images, and their documents apart from their layers.
for sample in ../samples/*.tar; do
    (($(stat -c %s "$sample") < 524288)) && keep source <"$sample"
done
documents() { # CONFIG MANIFEST LAST
    printf 'layer\n---\n%s\n---\n%s\n---\n%s' "$@"
}
config='{"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z","config":{"Env":["A=b"],"Entrypoint":["/a"],"Labels":{"l":"v"}},"rootfs":{"type":"layers","diff_ids":["sha256:@0@"]},"history":[{"created_by":"RUN x"},{"created_by":"ENV y","empty_layer":true}]}'
manifest='{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:@1@","size":#1#},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:@0@","size":#0#}]}'
index='{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:@2@","size":#2#,"platform":{"os":"linux","architecture":"arm64","variant":"v8"},"annotations":{"org.opencontainers.image.ref.name":"shop:1"}}]}'
saved='[{"Config":"blobs/sha256/@1@","RepoTags":["example.com:5000/shop:1"],"Layers":["blobs/sha256/@0@"]}]'
documents "$config" "$manifest" "$index" | keep documents
documents "$config" "$manifest" "$saved" | keep documents

# Documents of other tools, small; and a scan of each sample in every format, if there is a program to make it.
keep sbom <<'END'
{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,"metadata":{"timestamp":"2026-01-02T03:04:05Z","tools":{"components":[{"type":"application","name":"t","version":"1"}]},"component":{"type":"container","bom-ref":"root","name":"shop"}},"components":[{"type":"library","bom-ref":"a","group":"g","name":"a","version":"1.0","purl":"pkg:maven/g/a@1.0","licenses":[{"expression":"MIT OR Apache-2.0"}],"supplier":{"name":"s"},"hashes":[{"alg":"SHA-256","content":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],"properties":[{"name":"k","value":"v"}],"evidence":{"occurrences":[{"location":"opt/a.jar"}]},"components":[{"type":"library","bom-ref":"c","name":"c"}]},{"type":"operating-system","bom-ref":"os","name":"debian","version":"12"},{"type":"file","bom-ref":"f","name":"/bin/x"}],"dependencies":[{"ref":"root","dependsOn":["a"]},{"ref":"a","dependsOn":["os","gone"]}],"compositions":[{"aggregate":"incomplete","assemblies":["root"]}]}
END
keep sbom <<'END'
{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"shop","documentNamespace":"https://example.com/shop","creationInfo":{"created":"2026-01-02T03:04:05Z","creators":["Tool: t-1","Organization: o (a@example.com)"]},"packages":[{"SPDXID":"SPDXRef-a","name":"a","versionInfo":"1.0","downloadLocation":"NOASSERTION","filesAnalyzed":false,"supplier":"Organization: s","licenseConcluded":"NOASSERTION","licenseDeclared":"LicenseRef-x AND MIT","primaryPackagePurpose":"LIBRARY","checksums":[{"algorithm":"SHA256","checksumValue":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],"externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/a@1.0?arch=amd64"}]}],"files":[{"SPDXID":"SPDXRef-f","fileName":"./bin/x","checksums":[]}],"hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-x","extractedText":"x"}],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-a"},{"spdxElementId":"SPDXRef-f","relationshipType":"DEPENDENCY_OF","relatedSpdxElement":"SPDXRef-a"}]}
END
keep sbom <<'END'
<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1"><metadata><tools><tool><name>t</name></tool></tools><component type="container" bom-ref="r"><name>shop</name></component></metadata><components><component type="library" bom-ref="a"><author>j</author><name>a &amp; b</name><version>1</version><description><![CDATA[x]]>&#65;</description><hashes><hash alg="SHA-1">da39a3ee5e6b4b0d3255bfef95601890afd80709</hash></hashes><licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/a@1</purl><properties><property name="k">v</property></properties></component></components><dependencies><dependency ref="r"><dependency ref="a"/></dependency></dependencies></bom>
END
keep sbom <<'END'
SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
Creator: Tool: t-1
Created: 2026-01-02T03:04:05Z
PackageName: a
SPDXID: SPDXRef-a
PackageChecksum: SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709
PackageLicenseDeclared: LicenseRef-x
PackageCopyrightText: <text>(c)
someone</text>
ExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1
FileName: ./bin/x
SPDXID: SPDXRef-f
LicenseID: LicenseRef-x
ExtractedText: <text>x</text>
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a
END
keep sbom <<'END'
{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-01-02T03:04:05Z","createdBy":["urn:x:p"]},{"type":"Person","spdxId":"urn:x:p","creationInfo":"_:c","name":"p"},{"type":"SpdxDocument","spdxId":"urn:x:d","creationInfo":"_:c","rootElement":["urn:x:a"]},{"type":"software_Package","spdxId":"urn:x:a","creationInfo":"_:c","name":"a","software_packageUrl":"pkg:npm/a@1","suppliedBy":"urn:x:p"},{"type":"simplelicensing_LicenseExpression","spdxId":"urn:x:l","creationInfo":"_:c","simplelicensing_licenseExpression":"MIT"},{"type":"Relationship","spdxId":"urn:x:r","creationInfo":"_:c","from":"urn:x:a","relationshipType":"hasDeclaredLicense","to":["urn:x:l"]}]}
END
printf '%s\n' pkg:npm/%40scope/a@1.0.0 'pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12' | keep sbom
if command -v "${BOMWRIGHT:-bomwright}" >/dev/null; then
    for sample in ../samples/*.tar; do
        for format in cyclonedx-json cyclonedx-xml cyclonedx-json@1.4 spdx-json spdx-json@3.0.1 spdx-tag-value json purls; do
            "${BOMWRIGHT:-bomwright}" scan --quiet --output "$format" "$sample" | keep sbom
        done
    done
fi

# Example documents of the standards, where they were fetched.
if [[ -n ${BOMWRIGHT_SUITES:-} ]]; then
    find "$BOMWRIGHT_SUITES"/*/tests -type f -size -64k \( -name '*.json' -o -name '*.xml' -o -name '*.spdx' -o -name '*.tag' \) -print0 |
        sort -z | while IFS= read -r -d '' path; do keep sbom <"$path"; done
fi
keep sbom <<'END'
{"artifacts":[{"id":"a","name":"libc6","version":"2.36-9","type":"deb","locations":[{"path":"/var/lib/dpkg/status","layerID":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],"licenses":[{"value":"GPL-2","spdxExpression":"GPL-2.0-only","type":"declared"}],"purl":"pkg:deb/debian/libc6@2.36-9?arch=amd64"}],"artifactRelationships":[{"parent":"a","child":"f","type":"contains"}],"files":[{"id":"f","location":{"path":"/bin/x"}}],"source":{"type":"image","metadata":{"userInput":"shop:1"}},"distro":{"id":"debian"},"descriptor":{"name":"syft","version":"1.18.1"}}
END

# Every document goes to the target of its format as well.
for seed in corpus/sbom/*; do
    head=$(head -c 1024 "$seed" | tr -d '\0')
    case $head in
        *spdx.org/rdf/3.*) target=spdx-graph ;;
        *'<'*cyclonedx.org/schema/bom*) target=cyclonedx-xml ;;
        *CycloneDX*) target=cyclonedx-json ;;
        *spdxVersion*) target=spdx-json ;;
        *SPDXVersion:*) target=spdx-tag-value ;;
        *bomwright-inventory/*) target=inventory ;;
        *artifacts*) target=syft ;;
        *) continue ;;
    esac
    keep "$target" <"$seed"
done
keep delta <../samples/shop.diff.json

# Files of deployments, together, and each alone.
(cd ../tests/manifests && find . -type f -size -64k -printf '%P\n' | sort) | while IFS= read -r path; do
    { printf '=== %s\n' "$path"; cat "../tests/manifests/$path"; } | keep orchestration
done
printf '=== a.yaml\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: a:1}]}\n=== kustomization.yaml\nresources: [a.yaml]\nimages: [{name: a, newTag: b}]\n' | keep orchestration

# What a user may be talked into trusting: an index, a key, and an archive if there is a program to make it.
printf 'Packages\nPackage: a\nVersion: 1\nArchitecture: all\nSHA256: %064d\n\n' 0 | keep trust
printf 'key\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZQ==\n-----END PGP PUBLIC KEY BLOCK-----\n' | keep trust
if command -v dpkg-deb >/dev/null; then
    package=$(mktemp -d)
    mkdir -p "$package/tree/DEBIAN" "$package/tree/usr/bin"
    printf 'Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@a.example>\nDescription: a\n' >"$package/tree/DEBIAN/control"
    printf '#!/bin/sh\n' >"$package/tree/usr/bin/a"
    for compression in gzip xz; do
        dpkg-deb -Z"$compression" --root-owner-group --build "$package/tree" "$package/a.deb" >/dev/null
        { printf 'a.deb\n'; cat "$package/a.deb"; } | keep trust
    done
    rm -r "$package"
fi

# Version strings: pairs from the tests' own vocabulary.
while IFS= read -r triple; do
    tr ' ' '\n' <<<"$triple" | keep version
done <<'END'
1.0 1.0.0 1.0.1
1:2.36-9+deb12u7 2.36-9 2.36~rc1-1
1.2.3_rc1-r4 1.2.3-r0 1.2.3_p1-r1
1.0.0-alpha.1 1.0.0-beta 1.0.0+build.5
1!2.0.post1.dev3 2.0a1 2.0rc1+local.7
1.0-SNAPSHOT 1.0-alpha-1 1.0.Final
v1.2.3-0.20240102030405-abcdefabcdef v2.0.0+incompatible go1.21rc2
dev-main 1.0.x-dev 1.0.0-RC1
4294967296.0 9007199254740993 01.010
1.0.a.b 1.0.b 1.0.pre
END
for target in corpus/*/; do
    printf '%6d seeds  %s\n' "$(find "$target" -type f | wc -l)" "$(basename "$target")"
done
