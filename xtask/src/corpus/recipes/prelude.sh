# What every recipe can count on. A recipe runs as its own bash with `-euo pipefail`, in the empty folder $SCRATCH.
#
#   $SCRATCH  its working folder, deleted when the image is done
#   $CACHE    kept from image to image and from run to run: downloads, base file systems
#   $VARIANT  a, b or empty
#   $OCI      where it must leave an OCI layout whose image is tagged `image`
#   $TRUTH    where it writes what no reference tool can tell, one line per fact, fields separated by tabs:
#               <ecosystem>.tsv   name, version, architecture (may be empty), path in the image (may be empty)
#               origins.tsv       path in the image, origin (vendor, upstream, in-house): what the recipe put there
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 BUILDAH_ISOLATION=chroot SOURCE_DATE_EPOCH=1760000000

need() { # TOOL...
    local tool
    for tool; do
        command -v "$tool" >/dev/null || { echo "this recipe needs \`$tool\`" >&2; exit 1; }
    done
}

# Prints the path of a Debian root file system. `a` has the point release alone, anything else has its updates too: the
# same base one release later.
base_tar() { # VARIANT
    local tar="$CACHE/base-${1:-b}.tar" hooks=()
    if [ ! -e "$tar" ]; then
        need mmdebstrap
        [ "$1" != a ] || hooks=(--setup-hook='sed -i -E "/-(updates|security) /d" "$1"/etc/apt/sources.list')
        mmdebstrap --quiet --format=tar --variant=minbase --include=ca-certificates "${hooks[@]}" bookworm "$tar.part" >&2
        mv "$tar.part" "$tar"
    fi
    echo "$tar"
}

# Builds ./context/Containerfile with ./context/base.tar beside it, and leaves the layout that is asked for in $OCI.
build_image() { # [buildah-bud arguments...]
    need buildah
    [ -e context/base.tar ] || cp "$(base_tar "$VARIANT")" context/base.tar
    storage=(--root "$SCRATCH/storage" --runroot "$SCRATCH/run" --storage-driver overlay)
    trap drop_storage EXIT
    buildah "${storage[@]}" bud --quiet --layers --format oci --tag built "$@" context >&2
    buildah "${storage[@]}" push --quiet built "oci:$OCI:image"
}

# buildah keeps its storage mounted, also after a build that failed: the scratch folder couldn't be deleted.
drop_storage() {
    buildah "${storage[@]}" rm --all >/dev/null || true
    buildah "${storage[@]}" rmi --all --force >/dev/null || true
    umount "$SCRATCH/storage/overlay" 2>/dev/null || true
}

# Says that what lies at a path was put there by the recipe, and where it came from.
origin() { # PATH ORIGIN
    printf '%s\t%s\n' "$1" "$2" >>"$TRUTH/origins.tsv"
}
