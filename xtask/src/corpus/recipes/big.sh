# Everything that a build image gathers over the years: large packages of the distribution, a scientific virtual
# environment, a Node project: about four gigabytes in ten layers.
need pip npm
mkdir context
cp "$(base_tar b)" context/base.tar
pins='numpy==1.26.4 pandas==2.1.4 scipy==1.11.4 scikit-learn==1.3.2 matplotlib==3.8.2 notebook==7.0.6 Django==4.2.16
    boto3==1.34.50 SQLAlchemy==2.0.35 requests==2.32.3 lxml==5.3.0 pillow==10.4.0'
wheels="$CACHE/wheels-$(sha256sum <<<"$pins" | cut -c1-16)"
if [ ! -e "$wheels/.done" ]; then
    PIP_FIND_LINKS='' pip --quiet download --only-binary :all: --python-version 3.11 --dest "$wheels" $pins 'async-timeout<5'
    touch "$wheels/.done"
fi
mkdir -p context/web
cat >context/web/package.json <<'JSON'
{"name": "big-web", "version": "1.0.0", "private": true, "dependencies": {
 "express": "4.18.2", "react": "18.2.0", "react-dom": "18.2.0", "webpack": "5.90.3", "jest": "29.7.0", "eslint": "8.56.0",
 "@babel/core": "7.23.9", "@babel/preset-env": "7.23.9", "typescript": "5.3.3", "mocha": "10.3.0"}}
JSON
(cd context/web && npm --cache "$CACHE/npm" --no-audit --no-fund --loglevel error install --ignore-scripts)

install='apt-get update -q && apt-get install -q -y --no-install-recommends'
clean='rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb'
cat >context/Containerfile <<DOCKER
FROM scratch
ADD base.tar /
RUN $install python3-venv python3-scipy python3-matplotlib && $clean
RUN mkdir -p /usr/share/man/man1 && $install default-jdk-headless maven && $clean
RUN $install golang-go && $clean
RUN $install build-essential cmake && $clean
RUN $install fonts-dejavu fonts-noto-cjk && $clean
RUN $install git postgresql mariadb-client nginx php-cli ruby && $clean
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --no-index --find-links /wheels $(echo $pins)
COPY web/node_modules /srv/web/node_modules
COPY web/package.json web/package-lock.json /srv/web/
DOCKER
build_image --volume "$wheels:/wheels:ro"
origin /srv/web/package.json in-house
origin /srv/web/node_modules upstream
origin /opt/venv upstream
