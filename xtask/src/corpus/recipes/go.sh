# A static image in the distroless manner (no shell, `status.d` instead of a dpkg database) with Go binaries of each kind:
# an in-house service built plainly, the same stripped and with -trimpath, a tool with a replaced module, an upstream tool
# installed by version, and one that Debian built, copied out of its package.
need go git dpkg-deb apt-get umoci
case $VARIANT in
a) release=v1.8.0
   pins='github.com/gin-gonic/gin@v1.9.1 github.com/spf13/cobra@v1.8.0 go.uber.org/zap@v1.26.0 github.com/google/uuid@v1.5.0
    google.golang.org/grpc@v1.60.1 gopkg.in/yaml.v3@v3.0.1 github.com/redis/go-redis/v9@v9.4.0 github.com/pkg/errors@v0.9.1'
   imports='github.com/pkg/errors' upstream=github.com/mikefarah/yq/v4@v4.40.5 ;;
b) release=v1.9.0
   pins='github.com/gin-gonic/gin@v1.10.0 github.com/spf13/cobra@v1.8.1 go.uber.org/zap@v1.27.0 github.com/google/uuid@v1.6.0
    google.golang.org/grpc@v1.66.2 gopkg.in/yaml.v3@v3.0.1 github.com/redis/go-redis/v9@v9.6.1 github.com/prometheus/client_golang@v1.20.3'
   imports='github.com/prometheus/client_golang/prometheus' upstream=github.com/mikefarah/yq/v4@v4.44.3 ;;
esac
export GOMODCACHE="$CACHE/go-modules" GOCACHE="$CACHE/go-build" GOFLAGS=-modcacherw CGO_ENABLED=0 GOTOOLCHAIN=local

mkdir -p service/cmd/shop service/cmd/admin money root/usr/local/bin root/usr/bin
(cd money && go mod init example.com/shop/money && printf 'package money\n\ntype Cents int64\n' >money.go)
cd service
go mod init example.com/shop/service
cat >cmd/shop/main.go <<GO
package main

import (
	"fmt"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	_ "$imports"
)

func main() {
	zap.NewNop().Info(uuid.NewString())
	fmt.Println("$release", gin.New(), redis.NewClient(&redis.Options{}), grpc.NewServer())
}
GO
cat >cmd/admin/main.go <<GO
package main

import (
	"fmt"

	"example.com/shop/money"
	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

func main() {
	text, _ := yaml.Marshal(money.Cents(42))
	(&cobra.Command{Use: "admin", Run: func(*cobra.Command, []string) { fmt.Print(string(text)) }}).Execute()
}
GO
go mod edit -require=example.com/shop/money@v0.2.0 -replace=example.com/shop/money=../money
for pin in $pins; do go mod edit "-require=$pin"; done
go mod tidy
git init --quiet && git add . && git -c user.name=Corpus -c user.email=corpus@example.org commit --quiet --message=release
git tag "$release" # go writes the tag into what it builds from a clean checkout
go build -o ../root/usr/local/bin/shop ./cmd/shop
go build -buildvcs=false -trimpath -ldflags='-s -w -buildid=' -o ../root/usr/local/bin/shop-stripped ./cmd/shop
go build -o ../root/usr/local/bin/shop-admin ./cmd/admin
cd ..
GOBIN="$SCRATCH/root/usr/local/bin" go install -trimpath -ldflags='-s -w' "$upstream"

# The distribution's part: unpacked packages with one status.d file each, and their md5sums beside it.
mkdir -p root/var/lib/dpkg/status.d debs
(cd debs && apt-get download -q base-files netbase tzdata ca-certificates libc6 libssl3 >/dev/null)
for deb in debs/*.deb; do
    name="$(dpkg-deb --field "$deb" Package)"
    dpkg-deb --extract "$deb" root
    dpkg-deb --field "$deb" >"root/var/lib/dpkg/status.d/$name"
    dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./md5sums >"root/var/lib/dpkg/status.d/$name.md5sums"
    dpkg-deb --show --showformat '${Package}\t${Version}\t${Architecture}\n' "$deb" >>"$TRUTH/deb.tsv"
done
rm -rf root/usr/share/doc/*/changelog* root/usr/share/locale

# A Go binary of Debian's, outside of its package: nobody in the image claims it.
mkdir foreign
(cd foreign && apt-get download -q direnv >/dev/null)
dpkg-deb --extract foreign/direnv_*.deb foreign
mkdir -p root/opt/bin && cp foreign/usr/bin/direnv root/opt/bin/direnv

# Three layers: the distribution, what came from upstream, what is in-house.
umoci init --layout "$OCI"
umoci new --image "$OCI:image"
umoci config --image "$OCI:image" --config.entrypoint /usr/local/bin/shop --config.user 65532 --architecture amd64 --os linux
pack() { tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C root -cf "$@"; }
pack distribution.tar --exclude=./usr/local/bin/* --exclude=./opt .
pack upstream.tar ./opt ./usr/local/bin/yq
pack service.tar ./usr/local/bin/shop ./usr/local/bin/shop-stripped ./usr/local/bin/shop-admin
umoci raw add-layer --image "$OCI:image" --history.created_by "bazel build //base:static" distribution.tar
umoci raw add-layer --image "$OCI:image" --history.created_by "COPY yq direnv" upstream.tar
umoci raw add-layer --image "$OCI:image" --history.created_by "COPY --from=build /out /usr/local/bin" service.tar
for name in shop shop-stripped shop-admin; do origin "/usr/local/bin/$name" in-house; done
origin /usr/local/bin/yq upstream
origin /opt/bin/direnv upstream
