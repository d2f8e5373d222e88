# Ruby on Debian: the interpreter with its default and bundled gems, Debian's ruby-* packages, and gems of the recipe's own
# (a public gem archive isn't needed), one of which is in-house and one with a platform and an extension folder.
need gem
case $VARIANT in
a) debian='ruby-sinatra ruby-nokogiri ruby-redis puma ruby-json-schema' set='ledger:1.2.0: money-format:0.9.1:ledger tax-tables:2023.4:
    invoice:3.0.0:ledger,tax-tables pdf-lite:0.5.0.pre2: retry-kit:1.0.0:' release=0.7.0 ;;
b) debian='ruby-sinatra ruby-nokogiri ruby-redis ruby-i18n ruby-pg' set='ledger:1.3.0: money-format:0.10.0:ledger tax-tables:2024.1:
    invoice:3.1.0:ledger,tax-tables,money-format pdf-lite:0.5.0: retry-kit:1.0.0:' release=0.8.0 ;;
esac
mkdir -p context/gems context/app/lib sources
write_gem() { # NAME VERSION DEPENDENCIES HOMEPAGE EXTRA
    local folder="sources/$1-$2" dependency
    mkdir -p "$folder/lib"
    echo "module Corpus; end" >"$folder/lib/$1.rb"
    {
        printf 'Gem::Specification.new do |spec|\n  spec.name = "%s"\n  spec.version = "%s"\n' "$1" "$2"
        printf '  spec.authors = ["Corpus"]\n  spec.summary = "%s, made for the corpus"\n  spec.license = "MIT"\n' "$1"
        printf '  spec.homepage = "%s"\n  spec.files = ["lib/%s.rb"]\n%s' "$4" "$1" "${5:-}"
        for dependency in ${3//,/ }; do printf '  spec.add_dependency "%s", ">= 0.1"\n' "$dependency"; done
        echo end
    } >"$folder/$1.gemspec"
    (cd "$folder" && gem build --silent "$1.gemspec" --output "$SCRATCH/context/gems/$1-$2.gem")
}
for one in $set; do
    IFS=: read -r name version dependencies <<<"$one"
    write_gem "$name" "$version" "$dependencies" "https://rubygems.org/gems/$name"
done
write_gem native-sum 1.1.0 '' https://rubygems.org/gems/native-sum $'  spec.platform = "x86_64-linux"\n'
write_gem shop-billing "$release" invoice,retry-kit https://gems.shop.example/shop-billing $'  spec.metadata["allowed_push_host"] = "https://gems.shop.example"\n'

printf 'source "https://rubygems.org"\ngem "shop-billing", "%s"\n' "$release" >context/app/Gemfile
{
    printf 'GEM\n  remote: https://rubygems.org/\n  specs:\n'
    for one in $set "shop-billing:$release:invoice,retry-kit"; do
        IFS=: read -r name version dependencies <<<"$one"
        printf '    %s (%s)\n' "$name" "$version"
        for dependency in ${dependencies//,/ }; do printf '      %s (>= 0.1)\n' "$dependency"; done
    done
    printf '\nPLATFORMS\n  x86_64-linux\n\nDEPENDENCIES\n  shop-billing (= %s)\n\nBUNDLED WITH\n   2.3.15\n' "$release"
} >context/app/Gemfile.lock
echo "require 'shop-billing'" >context/app/app.rb
cat >context/Containerfile <<DOCKER
FROM scratch
ADD base.tar /
RUN apt-get update -q && apt-get install -q -y --no-install-recommends ruby bundler $debian \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
RUN gem install --local --no-document --force /gems/*.gem
COPY app /app
WORKDIR /app
CMD ["ruby", "app.rb"]
DOCKER
build_image --volume "$SCRATCH/context/gems:/gems:ro"
origin /app in-house
origin "/var/lib/gems/3.1.0/gems/shop-billing-$release" in-house
