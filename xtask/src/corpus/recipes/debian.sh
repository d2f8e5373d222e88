# The smallest useful image: a distribution's base, one layer, nothing of anybody else's.
need umoci
umoci init --layout "$OCI"
umoci new --image "$OCI:image"
umoci raw add-layer --image "$OCI:image" --history.created_by "mmdebstrap --variant=minbase bookworm" "$(base_tar b)"
umoci config --image "$OCI:image" --config.cmd bash --architecture amd64 --os linux
