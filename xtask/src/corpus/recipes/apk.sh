# An Alpine-like image. No Alpine is at hand, so the database is written by its format's documentation; the packages are
# counted by hand in the table of apk.py.
need umoci python3
python3 apk.py layer.tar "$TRUTH/apk.tsv"
umoci init --layout "$OCI"
umoci new --image "$OCI:image"
umoci config --image "$OCI:image" --config.cmd /bin/sh --architecture amd64 --os linux
umoci raw add-layer --image "$OCI:image" --history.created_by "ADD alpine-minirootfs.tar.gz /" layer.tar
