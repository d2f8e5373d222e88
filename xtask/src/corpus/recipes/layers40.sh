# Forty hand-made layers over Debian: every trap of merging that the OCI specification names, and some that it leaves open.
# The judge of the merged tree is `umoci unpack`.
need umoci python3
base="$(base_tar b)"
python3 layers40.py "$base" layers
umoci init --layout "$OCI"
umoci new --image "$OCI:image"
umoci config --image "$OCI:image" --config.cmd bash --architecture amd64 --os linux
umoci raw add-layer --image "$OCI:image" --history.created_by "mmdebstrap --variant=minbase bookworm" "$base"
for layer in layers/*.tar; do
    umoci raw add-layer --image "$OCI:image" --history.created_by "$(cat "${layer%.tar}.txt")" "$layer"
done
