# Java in every package that it comes in: Debian's jars, jars of Maven Central on a class path, a Spring Boot jar (nested
# jars, stored), a shaded jar, and a war in an ear. The list of jars is Maven's own (`dependency:list`), and for Debian's
# the folder names of its Maven repository.
need mvn jar javac unzip
case $VARIANT in
a) boot=3.2.3 release=2.1.0
   batch='org.apache.kafka:kafka-clients:3.6.1 com.google.guava:guava:32.1.3-jre org.apache.commons:commons-text:1.10.0
    org.apache.httpcomponents.client5:httpclient5:5.3.1 org.apache.logging.log4j:log4j-core:2.22.1
    org.bouncycastle:bcprov-jdk18on:1.77 io.netty:netty-handler:4.1.106.Final com.opencsv:opencsv:5.9
    commons-collections:commons-collections:3.2.2'
   shade='com.google.code.gson:gson:2.10.1 com.squareup.okhttp3:okhttp:4.12.0 commons-io:commons-io:2.15.1'
   war='org.springframework:spring-webmvc:5.3.31 commons-fileupload:commons-fileupload:1.5 ognl:ognl:3.1.29
    org.freemarker:freemarker:2.3.32' ;;
b) boot=3.3.4 release=2.2.0
   batch='org.apache.kafka:kafka-clients:3.8.0 com.google.guava:guava:33.3.0-jre org.apache.commons:commons-text:1.12.0
    org.apache.httpcomponents.client5:httpclient5:5.3.1 org.apache.logging.log4j:log4j-core:2.24.0
    org.bouncycastle:bcprov-jdk18on:1.78.1 io.netty:netty-handler:4.1.113.Final com.opencsv:opencsv:5.9
    io.micrometer:micrometer-registry-prometheus:1.13.4'
   shade='com.google.code.gson:gson:2.11.0 com.squareup.okhttp3:okhttp:4.12.0 commons-io:commons-io:2.16.1'
   war='org.springframework:spring-webmvc:5.3.39 commons-fileupload:commons-fileupload:1.5
    org.freemarker:freemarker:2.3.33' ;;
esac
boot_set="org.springframework.boot:spring-boot-starter-web:$boot org.springframework.boot:spring-boot-starter-data-jpa:$boot
    org.springframework.boot:spring-boot-starter-actuator:$boot org.postgresql:postgresql:42.7.2
    org.springdoc:springdoc-openapi-starter-webmvc-ui:2.3.0"

# Copies a set and what it needs to a folder, and lists the jars in the truth as lying at PLACE in the image.
fetch() { # FOLDER PLACE GROUP:ARTIFACT:VERSION...
    local folder="$1" place="$2" pin group artifact version path
    shift 2
    mkdir -p "$folder"
    {
        echo '<project><modelVersion>4.0.0</modelVersion><groupId>corpus</groupId><artifactId>set</artifactId>'
        echo '<version>1</version><dependencies>'
        for pin; do
            IFS=: read -r group artifact version <<<"$pin"
            echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
        done
        echo '</dependencies></project>'
    } >pom.xml
    local plugin=org.apache.maven.plugins:maven-dependency-plugin:3.6.1
    mvn --quiet --batch-mode "-Dmaven.repo.local=$CACHE/maven" "$plugin:copy-dependencies" "$plugin:list" \
        -DincludeScope=runtime "-DoutputDirectory=$folder" "-DoutputFile=$SCRATCH/list.txt" \
        -DoutputAbsoluteArtifactFilename=true
    # "   group:artifact:jar[:classifier]:version:scope:/path/to.jar -- module …"
    sed -n 's/^ \+\([^ ]*:\/[^ ]*\).*/\1/p' list.txt | while IFS= read -r line; do
        path="${line##*:}" line="${line%:*}" line="${line%:*}"
        group="${line%%:*}" version="${line##*:}" artifact="${line#*:}"
        path="$(basename "$path")"
        [ -e "$folder/$path" ] || { echo "Maven lists $path but didn't copy it" >&2; exit 1; }
        printf '%s:%s\t%s\t\t%s%s\n' "$group" "${artifact%%:*}" "$version" "$place" "$path"
        poured "$folder/$path" "$group" "${artifact%%:*}" "$place$path"
    done >>"$TRUTH/maven.tsv"
}

# What upstream poured into a jar, coordinates and all, is in the image too, but Maven doesn't list it: JCTools in Netty.
# Of a jar's only coordinates nothing is said: they are its own, if under an older name.
poured() { # JAR GROUP ARTIFACT PLACE
    local member
    unzip -Z1 "$1" 'META-INF/maven/*/pom.properties' 2>/dev/null >poured.txt || return 0
    [ "$(wc -l <poured.txt)" -gt 1 ] || return 0
    while IFS= read -r member; do
        unzip -p "$1" "$member" | tr -d '\r' | awk -F= -v own="$2:$3" -v place="$4" '
            { value[$1] = $2 }
            END {
                name = value["groupId"] ":" value["artifactId"]
                if (name != own) printf "%s\t%s\t\t%s\n", name, value["version"], place
            }'
    done <poured.txt
}

# Coordinates as Maven's archiver leaves them in what it builds.
coordinates() { # FOLDER ARTIFACT PLACE
    local meta="$1/META-INF/maven/com.example.shop/$2"
    mkdir -p "$meta"
    printf 'artifactId=%s\ngroupId=com.example.shop\nversion=%s\n' "$2" "$release" >"$meta/pom.properties"
    printf '<project><modelVersion>4.0.0</modelVersion><groupId>com.example.shop</groupId><artifactId>%s</artifactId><version>%s</version></project>\n' \
        "$2" "$release" >"$meta/pom.xml"
    printf 'com.example.shop:%s\t%s\t\t%s\n' "$2" "$release" "$3" >>"$TRUTH/maven.tsv"
}

mkdir -p classes context/opt/{shop,batch/lib,tools,portal}
cat >Shop.java <<JAVA
package com.example.shop;
public class Shop { public static void main(String[] arguments) { System.out.println("$release"); } }
JAVA
javac --release 17 -d classes Shop.java

# Spring Boot: the loader's classes at the top, the application below BOOT-INF, nested jars stored.
fetch "$SCRATCH/fat/BOOT-INF/lib" '/opt/shop/shop.jar!/BOOT-INF/lib/' $boot_set
fetch "$SCRATCH/loader" /discarded/ "org.springframework.boot:spring-boot-loader:$boot"
sed -i '\#/discarded/#d' "$TRUTH/maven.tsv"
(cd fat && unzip -q "../loader/spring-boot-loader-$boot.jar" 'org/*' && mkdir -p BOOT-INF/classes && cp -r ../classes/com BOOT-INF/classes/)
coordinates fat shop-app /opt/shop/shop.jar
printf 'Main-Class: org.springframework.boot.loader.launch.JarLauncher\nStart-Class: com.example.shop.Shop\nSpring-Boot-Version: %s\nSpring-Boot-Classes: BOOT-INF/classes/\nSpring-Boot-Lib: BOOT-INF/lib/\nImplementation-Title: shop-app\nImplementation-Version: %s\n' \
    "$boot" "$release" >manifest
jar --create --file context/opt/shop/shop.jar --manifest manifest -C fat org -C fat META-INF -C fat BOOT-INF/classes
jar --update --no-compress --file context/opt/shop/shop.jar -C fat BOOT-INF/lib

# A plain class path with an in-house jar that has no Maven coordinates at all.
fetch "$SCRATCH/context/opt/batch/lib" /opt/batch/lib/ $batch
printf 'Implementation-Title: Shop Batch\nImplementation-Vendor: Example Shop Ltd\n' >manifest
jar --create --file context/opt/batch/shop-batch.jar --manifest manifest -C classes com
# It is there, but has no right name: nobody gave it one.
printf '*\t*\t\t/opt/batch/shop-batch.jar\n' >>"$TRUTH/maven.tsv"

# Shaded: the classes and coordinates of several artifacts poured into one jar.
fetch "$SCRATCH/shade" /opt/tools/shop-tools.jar/ $shade
# Some of them have no code: what Kotlin's compiler wants to know of the code that all platforms share (`okio`,
# `kotlin-stdlib-common`), or nothing at all since it moved to `kotlin-stdlib` (`-jdk7`, `-jdk8`). Such an artifact is in a
# folder of jars, but not in what runs out of the shaded one.
for jar in shade/*.jar; do
    code="$(unzip -Z1 "$jar" | grep '\.class$' | grep -cv '\(^\|/\)module-info\.class$' || true)"
    [ "$code" -gt 0 ] ||
        sed -i "\\#\t/opt/tools/shop-tools.jar/$(basename "$jar")\$#d" "$TRUTH/maven.tsv"
done
sed -i 's#\t/opt/tools/shop-tools.jar/.*#\t/opt/tools/shop-tools.jar#' "$TRUTH/maven.tsv"
mkdir shaded
for jar in shade/*.jar; do unzip -qq -o "$jar" -d shaded -x META-INF/MANIFEST.MF 'META-INF/*.SF' 'META-INF/*.RSA'; done
cp -r classes/com shaded/
coordinates shaded shop-tools /opt/tools/shop-tools.jar
jar --create --file context/opt/tools/shop-tools.jar --main-class com.example.shop.Shop -C shaded .

# A war in an ear.
fetch "$SCRATCH/war/WEB-INF/lib" '/opt/portal/portal.ear!/portal.war!/WEB-INF/lib/' $war
mkdir -p war/WEB-INF/classes ear/META-INF
cp -r classes/com war/WEB-INF/classes/
coordinates war portal-web '/opt/portal/portal.ear!/portal.war'
jar --create --file ear/portal.war -C war .
echo '<application><module><web><web-uri>portal.war</web-uri></web></module></application>' >ear/META-INF/application.xml
coordinates ear portal-ear /opt/portal/portal.ear
jar --create --file context/opt/portal/portal.ear -C ear .

# `debian` and `2.x` are Debian's aliases of a version that is there under its own name too.
mkdir debian
cat >context/Containerfile <<'DOCKER'
FROM scratch
ADD base.tar /
RUN mkdir -p /usr/share/man/man1 && apt-get update -q && apt-get install -q -y --no-install-recommends \
    openjdk-17-jre-headless libcommons-lang3-java libguava-java libjackson2-databind-java liblogback-java libnetty-java \
    libtomcat10-java && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb \
    && find /usr/share/maven-repo -name '*.jar' ! -path '*/debian/*' ! -path '*.x/*' -printf '%p ' -exec readlink -f {} ';' >/facts/jars \
    && find /usr/share/maven-repo -name '*.pom' >/facts/poms && find / -xdev -type f -name '*.jar' | LC_ALL=C sort >/facts/files
COPY opt/batch/lib /opt/batch/lib
COPY opt/portal /opt/portal
COPY opt/tools /opt/tools
COPY opt/batch/shop-batch.jar /opt/batch/
COPY opt/shop /opt/shop
CMD ["java", "-jar", "/opt/shop/shop.jar"]
DOCKER
build_image --volume "$SCRATCH/debian:/facts"
while read -r path real; do
    # A link without a pom beside it is one more way to the jar and no artifact: Maven resolves none without a pom.
    grep -qxF "${path%.jar}.pom" debian/poms || continue
    path="$(dirname "${path#/usr/share/maven-repo/}")"
    version="${path##*/}" path="${path%/*}" artifact="${path##*/}" group="${path%/*}"
    artifact="${artifact:-$path}"
    printf '%s:%s\t%s\t\t%s\n' "${group//\//.}" "$artifact" "$version" "$real" >>"$TRUTH/maven.tsv"
done <debian/jars
# Debian's jars that are in no repository (the JDK's own, that of `ca-certificates-java`) are there, but have no
# coordinates that anybody could check.
cut -d' ' -f2 debian/jars | LC_ALL=C sort -u | LC_ALL=C comm -13 - debian/files | sed 's/^/*\t*\t\t/' >>"$TRUTH/maven.tsv"
origin /opt/shop in-house
origin /opt/batch/shop-batch.jar in-house
origin /opt/batch/lib upstream
origin /opt/tools/shop-tools.jar in-house
origin /opt/portal in-house
