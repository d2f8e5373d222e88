# An rpm distribution in small: binaries of Debian packed anew by rpmbuild (so that requires and provides are what
# find-requires reads from them), signed, put into a repository and installed by dnf. The three rpm images are the same
# root with another database: `backend` is sqlite, ndb or bdb.
need rpmbuild rpmsign createrepo_c dnf gpg apt-get dpkg-deb umoci python3
backend="$(cat backend)"
root="$CACHE/rpm-root-$(cat rpm.py recipe.sh | sha256sum | cut -c1-16)"

# rpm of Debian keeps its database in a home folder and knows no distribution: settings of our own in a home of our own.
export HOME="$SCRATCH/home" GNUPGHOME="$SCRATCH/home/gnupg"
mkdir -p -m 700 "$GNUPGHOME"
cat >"$HOME/.rpmmacros" <<MACROS
%__gpg $(command -v gpg)
%_dbpath /var/lib/rpm
%_db_backend sqlite
%_gpg_name security@corpus.example
%debug_package %{nil}
%__os_install_post %{nil}
%_build_id_links none
%_buildhost build-1.corpus.example
%vendor Corpus Linux Project
%packager Corpus Linux <packages@corpus.example>
%distribution Corpus Linux 9
%_binary_payload w3.gzdio
MACROS

build_root() {
    local debs='libc6 libtinfo6 bash coreutils libacl1 libattr1 libgmp10 libselinux1 libpcre2-8-0 openssl libssl3 curl
        libcurl4 zlib1g libnghttp2-14 libidn2-0 libunistring2 librtmp1 libssh2-1 libpsl5 libgssapi-krb5-2 libkrb5-3
        libk5crypto3 libkrb5support0 libcom-err2 libkeyutils1 libldap-2.5-0 libsasl2-2 libzstd1 libbrotli1 libgnutls30
        libnettle8 libhogweed6 libp11-kit0 libtasn1-6 libffi8 grep sed gzip tar xz-utils liblzma5 bzip2 libbz2-1.0
        findutils file libmagic1 libmagic-mgc less sqlite3 libsqlite3-0 libreadline8 libexpat1 libgcc-s1 libstdc++6
        libuuid1 libblkid1 libdb5.3 ca-certificates'
    mkdir -p debs specs rpms repo
    (cd debs && apt-get download -q $debs >/dev/null)
    python3 rpm.py debs specs
    local spec
    for spec in specs/*.spec; do
        rpmbuild --quiet -bb --define "_topdir $SCRATCH/rpmbuild" --define "_rpmdir $SCRATCH/rpms" "$spec" 2>>rpmbuild.log ||
            { cat rpmbuild.log >&2; exit 1; }
    done
    gpg --quiet --batch --passphrase '' --quick-generate-key 'Corpus Linux 9 <security@corpus.example>' rsa3072 sign never
    gpg --quiet --armor --export security@corpus.example >RPM-GPG-KEY-corpus
    find rpms -name '*.rpm' -exec cp {} repo/ ';'
    # The in-house agent isn't the distribution's: nobody signs it.
    find repo -name '*.rpm' ! -name 'shop-agent*' -exec rpmsign --addsign {} + >sign.log 2>&1 || { cat sign.log >&2; exit 1; }
    createrepo_c --quiet repo
    mkdir -p "$root.part/var/lib/rpm"
    rpmkeys --root "$root.part" --import RPM-GPG-KEY-corpus
    dnf --quiet --assumeyes --installroot "$root.part" --releasever 9 --setopt=reposdir=/nowhere --setopt=plugins=0 \
        --setopt=cachedir="$SCRATCH/dnf-cache" --setopt=gpgcheck=0 --repofrompath "corpus,file://$SCRATCH/repo" --repo corpus \
        install filesystem glibc curl openssl coreutils grep sed gzip tar xz-utils bzip2 findutils file less sqlite3 bash \
        ca-certificates shop-agent
    rm -rf "$root.part/var/cache/dnf" "$root.part"/var/log/*
    mv "$root.part" "$root"
}

[ -d "$root" ] || build_root
rpm --root "$root" -qa --queryformat '%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%|ARCH?{%{ARCH}}|\n' >"$TRUTH/rpm.tsv"

cp -a "$root" root
case $backend in
sqlite) ;;
ndb) # where SUSE keeps it
    rm -rf root/var/lib/rpm
    mkdir -p root/usr/lib/sysimage/rpm
    python3 rpm.py --ndb "$root/var/lib/rpm/rpmdb.sqlite" >root/usr/lib/sysimage/rpm/Packages.db
    ln -s ../../usr/lib/sysimage/rpm root/var/lib/rpm ;;
bdb) # rpm can't write it any more: the same headers, loaded into a hash of Berkeley DB by its own tool
    need db5.3_load
    rm -rf root/var/lib/rpm/*
    python3 rpm.py --bdb "$root/var/lib/rpm/rpmdb.sqlite" | db5.3_load root/var/lib/rpm/Packages
    # rpm can still read it, and tells of the indexes that aren't there.
    rpm --root "$SCRATCH/root" --define '_db_backend bdb_ro' -qa --queryformat '%{NAME}\n' 2>/dev/null | sort >read-back
    cut -f1 "$TRUTH/rpm.tsv" | sort | diff - read-back ;;
esac

umoci init --layout "$OCI"
umoci new --image "$OCI:image"
umoci config --image "$OCI:image" --config.cmd /bin/bash --architecture amd64 --os linux
tar --sort=name --numeric-owner -C root -cf root.tar .
umoci raw add-layer --image "$OCI:image" --history.created_by "dnf --installroot install" root.tar
for path in /usr/bin/shop-agent /opt/shop/agent.conf; do origin "$path" in-house; done
