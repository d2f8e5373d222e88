# A Django and FastAPI shop: third-party wheels in a virtual environment, others in Debian's dist-packages, Debian's own
# Python packages, and three in-house distributions installed from a folder, editable, and from a source archive.
need pip
case $VARIANT in
a) pins='Django==4.2.11 djangorestframework==3.14.0 fastapi==0.110.0 uvicorn==0.27.1 SQLAlchemy==2.0.27 alembic==1.13.1
    celery==5.3.6 redis==5.0.1 requests==2.31.0 httpx==0.26.0 gunicorn==21.2.0 boto3==1.34.50 cryptography==42.0.3
    PyYAML==6.0.1 lxml==5.1.0 pillow==10.2.0 psycopg2-binary==2.9.9 Flask==2.3.3 Flask-SQLAlchemy==3.1.1 rich==13.7.0
    sentry-sdk==1.40.5 structlog==24.1.0 numpy==1.26.4 pandas==2.1.4 python-dotenv==1.0.1 PyJWT==2.8.0 bleach==6.1.0'
   system='Markdown==3.5.2 simplejson==3.19.2 tabulate==0.9.0' debian='' release=1.4.0 ;;
b) pins='Django==4.2.16 djangorestframework==3.15.2 fastapi==0.115.0 uvicorn==0.30.6 SQLAlchemy==2.0.35 alembic==1.13.3
    celery==5.4.0 redis==5.0.8 requests==2.32.3 httpx==0.27.2 gunicorn==23.0.0 boto3==1.34.50 cryptography==43.0.1
    PyYAML==6.0.2 lxml==5.3.0 pillow==10.4.0 psycopg2-binary==2.9.9 Flask==3.0.3 Flask-SQLAlchemy==3.1.1 rich==13.7.0
    sentry-sdk==2.14.0 structlog==24.4.0 numpy==1.26.4 orjson==3.10.7 tenacity==9.0.0 PyJWT==2.9.0 nh3==0.2.18'
   system='Markdown==3.7 simplejson==3.19.3' debian='python3-lxml' release=1.5.0 ;;
esac

# Wheels are fetched once and kept apart by what was asked for: an installation may then choose among these alone.
# async-timeout is needed below Python 3.11.3 only, and the Python that downloads may be newer than Debian's.
wheels="$CACHE/wheels-$(sha256sum <<<"$pins $system" | cut -c1-16)"
if [ ! -e "$wheels/.done" ]; then
    PIP_FIND_LINKS='' pip --quiet download --only-binary :all: --python-version 3.11 --dest "$wheels" $pins $system \
        'setuptools<75' wheel 'async-timeout<5'
    touch "$wheels/.done"
fi

in_house() { # FOLDER NAME VERSION REQUIREMENT
    mkdir -p "$1/src/${2//-/_}"
    echo "VERSION = \"$3\"" >"$1/src/${2//-/_}/__init__.py"
    cat >"$1/pyproject.toml" <<TOML
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "$2"
version = "$3"
description = "An in-house library of the corpus"
dependencies = ["$4"]
TOML
}
mkdir context
in_house context/app/libs/shop-models shop-models "$release" 'SQLAlchemy>=2'
in_house context/app/libs/shop-api shop-api "$release" 'fastapi>=0.100'
in_house shop_tasks-0.3.0 shop-tasks 0.3.0 'celery>=5'
mkdir context/archives
tar -czf context/archives/shop_tasks-0.3.0.tar.gz shop_tasks-0.3.0

printf '%s\n' $pins >context/app/requirements.txt
printf 'import shop_api, shop_models, shop_tasks\n\n\ndef main():\n    print("%s")\n' "$release" >context/app/main.py

cat >context/Containerfile <<DOCKER
FROM scratch
ADD base.tar /
RUN apt-get update -q && apt-get install -q -y --no-install-recommends python3 python3-venv python3-pip python3-yaml \
    python3-requests python3-cryptography $debian && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
COPY app/requirements.txt /app/requirements.txt
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --no-index --find-links /wheels \
    -r /app/requirements.txt 'setuptools<75' wheel
RUN pip install --no-cache-dir --no-index --find-links /wheels --break-system-packages $system
COPY archives /opt/archives
COPY app /app
RUN /opt/venv/bin/pip install --no-cache-dir --no-index --no-build-isolation /app/libs/shop-models \
    && /opt/venv/bin/pip install --no-cache-dir --no-index --no-build-isolation --editable /app/libs/shop-api \
    && /opt/venv/bin/pip install --no-cache-dir --no-index --no-build-isolation /opt/archives/shop_tasks-0.3.0.tar.gz
ENV PATH=/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /app
CMD ["python", "main.py"]
DOCKER
build_image --volume "$wheels:/wheels:ro"
origin /app in-house
origin /opt/archives in-house
origin /opt/venv upstream
origin /usr/local/lib/python3.11/dist-packages upstream
