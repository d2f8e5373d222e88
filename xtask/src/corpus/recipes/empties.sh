# Three million empty files in one small layer: nothing to read in it, everything to remember about it.
need umoci python3
umoci init --layout "$OCI"
umoci new --image "$OCI:image"
umoci config --image "$OCI:image" --config.cmd /bin/true --architecture amd64 --os linux
mkfifo layer.tar
python3 empties.py 3000000 >layer.tar &
umoci raw add-layer --image "$OCI:image" --history.created_by "COPY empties /e" layer.tar
wait $!
