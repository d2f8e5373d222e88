# A database server as its distribution ships it, and the same server binary again outside of its package, as if somebody
# had downloaded it.
mkdir context
cat >context/Containerfile <<'DOCKER'
FROM scratch
ADD base.tar /
RUN apt-get update -q && apt-get install -q -y --no-install-recommends mariadb-server \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/lib/mysql/*
RUN mkdir -p /opt/mysql/bin && cp /usr/sbin/mariadbd /opt/mysql/bin/mysqld
EXPOSE 3306
CMD ["mariadbd", "--user=mysql"]
DOCKER
build_image
origin /opt/mysql/bin/mysqld upstream
