# Two small real images, shop 1.4.0 and 1.5.0, in the distroless manner: Debian packages unpacked with one status.d file
# each, npm and PyPI packages, and an in-house service. Run with -euo pipefail in an empty folder; leaves *.oci.tar in $OUT.
#
# What differs on purpose: libssl3 and libc6 with and without Debian's security updates, npm and PyPI packages upgraded,
# added, removed, a new in-house package, and in 1.5.0 a program that nothing explains.
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1760000000

for tool in apt-get apt-cache dpkg-deb npm pip gcc umoci skopeo; do
    command -v "$tool" >/dev/null || { echo "the samples need \`$tool\`" >&2; exit 1; }
done

# Prints the oldest or newest version of a Debian package that the archives offer.
offered() { # PACKAGE oldest|newest
    local best='' version compare=lt
    [ "$2" = oldest ] || compare=gt
    while read -r version; do
        if [ -z "$best" ] || dpkg --compare-versions "$version" "$compare" "$best"; then best=$version; fi
    done < <(apt-cache madison "$1" | awk -F'|' '/Packages/ { gsub(/ /, "", $2); print $2 }')
    echo "$best"
}

distribution() { # ROOT oldest|newest
    local root=$1 name deb
    mkdir -p "$root/var/lib/dpkg/status.d" debs
    rm -f debs/*
    for name in base-files ca-certificates libc6 libssl3 netbase zlib1g; do
        (cd debs && apt-get download -q "$name=$(offered "$name" "$2")" >/dev/null)
    done
    for deb in debs/*.deb; do
        name=$(dpkg-deb --field "$deb" Package)
        dpkg-deb --extract "$deb" "$root"
        dpkg-deb --field "$deb" >"$root/var/lib/dpkg/status.d/$name"
        dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./md5sums >"$root/var/lib/dpkg/status.d/$name.md5sums"
    done
    rm -rf "$root"/etc/update-motd.d "$root"/usr/share/{locale,man,lintian,info} "$root"/usr/share/doc/*/*[!t] "$root"/usr/lib/*/gconv
}

web() { # ROOT VERSION DEPENDENCY...
    local root=$1 version=$2 list=''
    shift 2
    mkdir -p "$root/app/packages/money"
    for it; do list+=",\"${it%=*}\":\"${it##*=}\""; done
    echo "{\"name\":\"@shop/web\",\"version\":\"$version\",\"private\":true,\"dependencies\":{${list#,}}}" >"$root/app/package.json"
    echo '{"name":"@shop/money","version":"0.3.0","private":true,"main":"index.js"}' >"$root/app/packages/money/package.json"
    echo 'module.exports = (cents) => (cents / 100).toFixed(2)' >"$root/app/packages/money/index.js"
    [[ $list == *@shop/money* ]] || rm -r "$root/app/packages"
    (cd "$root/app" && npm install --ignore-scripts --omit=dev --no-audit --no-fund --silent && rm -f package-lock.json)
    find "$root/app/node_modules" -name '*.map' -delete
}

recommender() { # ROOT VERSION REQUIREMENT...
    local root=$1 version=$2
    shift 2
    mkdir -p source/shop_recommender
    printf '[project]\nname = "shop-recommender"\nversion = "%s"\ndependencies = ["requests>=2.31"]\n' "$version" >source/pyproject.toml
    echo 'import requests' >source/shop_recommender/__init__.py
    pip install --quiet --disable-pip-version-check --no-compile --root-user-action=ignore \
        --target "$root/opt/recommender/lib/python3.11/site-packages" "$@" ./source
    rm -rf source "$root"/opt/recommender/lib/python3.11/site-packages/bin
}

service() { # ROOT VERSION
    mkdir -p "$1/app/bin"
    printf '#include <stdio.h>\nconst char *OpenSSL_version(int);\nint main(void) { printf("shopd %s, %%s\\n", OpenSSL_version(0)); }\n' "$2" |
        gcc -x c -O2 -s -o "$1/app/bin/shopd" - -x none -L"$(dirname "$1"/usr/lib/*/libcrypto.so.3)" -l:libcrypto.so.3
}

pack() { # TAR ROOT PATH...
    local tar=$1 root=$2
    shift 2
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$root" -cf "$tar" "$@"
}

image() { # VERSION ROOT
    local version=$1 root=$2 layout="$PWD/layout-$1" layer
    pack base.tar "$root" --exclude=./app --exclude=./opt .
    pack libraries.tar "$root" ./app/node_modules ./opt/recommender
    pack service.tar "$root" --exclude=./app/node_modules ./app $([ ! -e "$root/usr/local/bin/probe" ] || echo ./usr/local/bin/probe)
    umoci init --layout "$layout"
    umoci new --image "$layout:$version"
    umoci config --image "$layout:$version" --created 2025-10-09T08:53:20Z --config.entrypoint /app/bin/shopd \
        --config.user 65532 --architecture amd64 --os linux --config.label "org.opencontainers.image.title=shop" \
        --history.created 2025-10-09T08:53:20Z
    for layer in base libraries service; do
        umoci raw add-layer --image "$layout:$version" --history.created 2025-10-09T08:53:20Z \
            --history.created_by "COPY --from=$layer / /" "$layer.tar"
    done
    skopeo copy --quiet "oci:$layout:$version" "oci-archive:$OUT/shop-$version.oci.tar:shop:$version"
}

distribution one oldest
web one 1.4.0 debug=4.3.4 semver=7.5.4 chalk=4.1.2
recommender one 2.0.1 requests==2.31.0 urllib3==2.0.7 idna==3.6 certifi==2023.11.17 charset-normalizer==3.3.2
service one 1.4.0

distribution two newest
web two 1.5.0 debug=4.3.7 semver=7.6.3 picocolors=1.1.0 p-limit=3.1.0 @shop/money=file:packages/money
recommender two 2.1.0 requests==2.32.3 urllib3==2.2.3 idna==3.10 certifi==2024.8.30 charset-normalizer==3.3.2 tenacity==9.0.0
service two 1.5.0
mkdir -p two/usr/local/bin
echo 'int main(void) { return 0; }' | gcc -x c -O2 -s -o two/usr/local/bin/probe -

rm -f "$OUT"/shop-*.oci.tar
image 1.4.0 one
image 1.5.0 two
