# Rust binaries on Debian: an in-house service built with `cargo auditable`, the same without audit data and stripped
# (nothing tells what is in it), and an upstream tool that `cargo auditable install` built.
need cargo
export CARGO_HOME="$CACHE/cargo" CARGO_TARGET_DIR="$SCRATCH/target" CARGO_PROFILE_RELEASE_OPT_LEVEL=1
export CARGO_NET_RETRY=5
unset RUSTUP_TOOLCHAIN
[ -e "$CACHE/cargo-tools/bin/cargo-auditable" ] || cargo install --quiet --locked --root "$CACHE/cargo-tools" cargo-auditable
export PATH="$CACHE/cargo-tools/bin:$PATH"
case $VARIANT in
a) release=0.4.0 upstream=0.12.0
   pins='serde = { version = "=1.0.196", features = ["derive"] }|serde_json = "=1.0.113"|regex = "=1.10.3"|clap = { version = "=4.4.18", features = ["derive"] }|anyhow = "=1.0.79"|time = "=0.3.37"|ureq = { version = "=2.9.1", default-features = false }|rand = "=0.8.5"'
   uses='use rand as _;' ;;
b) release=0.5.0 upstream=0.14.0
   pins='serde = { version = "=1.0.210", features = ["derive"] }|serde_json = "=1.0.128"|regex = "=1.10.6"|clap = { version = "=4.5.17", features = ["derive"] }|anyhow = "=1.0.89"|time = "=0.3.37"|ureq = { version = "=2.10.1", default-features = false }|csv = "=1.3.0"'
   uses='use csv as _;' ;;
esac
mkdir -p shop/src shop/core/src context/bin
cat >shop/Cargo.toml <<TOML
[package]
name = "shop"
version = "$release"
edition = "2021"
publish = false

[workspace]
members = ["core"]

[dependencies]
shop-core = { path = "core" }
$(tr '|' '\n' <<<"$pins")
TOML
printf '[package]\nname = "shop-core"\nversion = "0.1.0"\nedition = "2021"\npublish = false\n' >shop/core/Cargo.toml
echo 'pub const NAME: &str = "shop";' >shop/core/src/lib.rs
cat >shop/src/main.rs <<RUST
use anyhow as _; use clap as _; use regex as _; use serde as _; use time as _; use ureq as _;
$uses
fn main() { println!("{} {}", shop_core::NAME, serde_json::json!({"release": "$release"})); }
RUST
(cd shop && cargo auditable build --quiet --release && cp "$CARGO_TARGET_DIR/release/shop" ../context/bin/shop)
(cd shop && CARGO_PROFILE_RELEASE_STRIP=symbols cargo build --quiet --release && cp "$CARGO_TARGET_DIR/release/shop" ../context/bin/shop-dark)
cargo auditable install --quiet --locked --root "$SCRATCH/installed" "hexyl@$upstream"
cp installed/bin/hexyl context/bin/

# What cargo itself says goes into a binary for this target: neither tests' nor other platforms' packages. `cargo tree`
# reads the lock file; "name v1.2.3 (proc-macro) (/path)".
tree() { # BINARY, in the package's folder
    cargo tree --locked --edges normal,build --target x86_64-unknown-linux-gnu --prefix none --no-dedupe --format '{p}' |
        awk -v path="/usr/local/bin/$1" '{ printf "%s\t%s\t\t%s\n", $1, substr($2, 2), path }' | sort -u >>"$TRUTH/cargo.tsv"
}
(cd shop && tree shop)
source="$(echo "$CARGO_HOME"/registry/src/*/hexyl-"$upstream")"
cp -r "$source" hexyl && echo '[workspace]' >>hexyl/Cargo.toml && (cd hexyl && tree hexyl)

cat >context/Containerfile <<'DOCKER'
FROM scratch
ADD base.tar /
COPY bin/hexyl /usr/local/bin/
COPY bin/shop bin/shop-dark /usr/local/bin/
CMD ["shop"]
DOCKER
build_image
origin /usr/local/bin/shop in-house
origin /usr/local/bin/shop-dark in-house
origin /usr/local/bin/hexyl upstream
