//! The rules themselves, as data.
//!
//! Those of Debian and Ubuntu were measured: on Debian 12 with 85 packages they explain every file that no package
//! lists. Those of the rpm family, Alpine and Arch follow the manuals of their tools.
//!
//! Globs name files as closely as their makers do: what merely lies beside them stays unexplained.

use super::accounts::{groups, passwords, users};
use super::bytecode::compiled;
use super::certificates::bundle;
use super::dpkg::{info, ucf};
use super::kernel::{initrd, modules};
use super::loader::cache;
use super::plain::{
    applet, claimed, dangling, dangling_alternative, empty, in_venv, into_mounted, log_to_device, machine_id,
    record, small, stanza, to_directory,
};
use super::rule::{Check, Kind, Rule};
use super::secrets::ssh_host_key;

type Names = &'static [&'static str];

/// A rule about files.
const fn file(id: &'static str, about: &'static str, makers: Names, check: Check, paths: Names) -> Rule {
    Rule { id, about, makers, paths, kind: Kind::File, check }
}

/// A rule about symbolic links.
const fn link(id: &'static str, about: &'static str, makers: Names, check: Check, paths: Names) -> Rule {
    Rule { id, about, makers, paths, kind: Kind::Link, check }
}

/// The packages whose glibc has ldconfig(8).
const GLIBC: Names = &["libc-bin", "glibc-common", "glibc"];
/// Any package of a distribution.
const SYSTEM: Names = &["@deb", "@rpm", "@apk", "@alpm"];
const SYSTEMD: Names = &["systemd", "init-system-helpers", "systemd-udev", "udev"];

/// Every rule; the first that explains a file counts.
pub(super) const RULES: &[Rule] = &[
    // Debian and what is made of it.
    file("G01-dpkg-info", "a record of dpkg", &["dpkg"], info, &["var/lib/dpkg/info/*.*"]),
    file("G01-dpkg-database", "dpkg's database", &["dpkg"], record, DPKG),
    file("G01-dpkg-stanza", "dpkg's record of one package", &["@deb"], stanza, &["var/lib/dpkg/status.d/*"]),
    file("G01-apt-state", "apt's state", &["apt"], claimed, APT),
    file("G01-apt-lists", "an index of packages that apt fetched", &["apt"], claimed, APT_LISTS),
    file("G01-apt-sources", "where apt gets packages from", &["apt"], small, APT_SOURCES),
    file("G01-debconf", "answers to questions at installation", &["debconf"], claimed, DEBCONF),
    file("G01-ucf-state", "what ucf remembers", &["ucf"], claimed, UCF),
    file("G01-unit-state", "which units were enabled", SYSTEMD, small, UNIT_STATE),
    file("G01-pam-state", "which PAM profiles are in use", &["libpam-runtime"], small, PAM_STATE),
    file(
        "G01-shells-state",
        "which shells packages add",
        &["debianutils", "passwd"],
        small,
        &["var/lib/shells.state"],
    ),
    file(
        "G01-php-state",
        "which PHP modules are in use",
        &["php-common"],
        small,
        &["var/lib/php/modules/**"],
    ),
    file(
        "G01-apache-state",
        "which parts of Apache are in use",
        &["apache2"],
        small,
        &["var/lib/apache2/**"],
    ),
    file(
        "G01-python-state",
        "for which Python modules are compiled",
        &["python3*"],
        small,
        &["var/lib/python/python3.*_installed"],
    ),
    // Compiled modules belong to whoever their source does: the maker is of no matter.
    file("G02-python-bytecode", "a compiled Python module", &[], compiled, &["**/*.pyc"]),
    file("G02-python-venv", "a virtual environment's own file", &["python3*", "python*"], in_venv, VENV),
    link(
        "G02-python-venv-lib64",
        "a virtual environment's own link",
        &["python3*", "python*"],
        in_venv,
        &["**/lib64"],
    ),
    file("G04-ca-bundle", "a bundle of certificate authorities", &["ca-certificates*"], bundle, CA_BUNDLES),
    file(
        "G04-ca-selection",
        "which certificate authorities are trusted",
        &["ca-certificates"],
        small,
        &["etc/ca-certificates.conf", "etc/ca-certificates.conf.dpkg-old"],
    ),
    file(
        "G04-java-keystore",
        "certificate authorities for Java",
        &["ca-certificates-java", "ca-certificates"],
        claimed,
        &["etc/ssl/certs/java/cacerts", "etc/pki/ca-trust/extracted/java/cacerts"],
    ),
    file(
        "G04-ca-extracted",
        "certificate authorities in the form of one library",
        &["ca-certificates"],
        claimed,
        CA_EXTRACTED,
    ),
    file("G05-loader-cache", "the dynamic loader's cache", GLIBC, cache, &["etc/ld.so.cache"]),
    file(
        "G05-loader-aux-cache",
        "what ldconfig remembers of libraries",
        GLIBC,
        claimed,
        &["var/cache/ldconfig/aux-cache"],
    ),
    file("G06-users", "the users", ACCOUNT_MAKERS, users, &["etc/passwd", "etc/passwd-"]),
    file("G06-groups", "the groups", ACCOUNT_MAKERS, groups, &["etc/group", "etc/group-"]),
    file("G06-passwords", "the users' passwords", ACCOUNT_MAKERS, passwords, &["etc/shadow", "etc/shadow-"]),
    file("G06-account-state", "more about users and groups", ACCOUNT_MAKERS, small, ACCOUNT_STATE),
    file(
        "G07-pam-common",
        "how users log in",
        &["libpam-runtime"],
        small,
        &["etc/pam.d/common-{account,auth,password,session,session-noninteractive}"],
    ),
    file(
        "G07-shells",
        "the shells that users may have",
        &["debianutils", "passwd", "setup", "alpine-baselayout"],
        small,
        &["etc/shells"],
    ),
    file(
        "G08-machine-id",
        "the machine's id",
        SYSTEM,
        machine_id,
        &["etc/machine-id", "var/lib/dbus/machine-id"],
    ),
    file("G08-local-settings", "a setting of the machine", SYSTEM, small, LOCAL_SETTINGS),
    file(
        "G08-network-names",
        "a name of the machine or its network",
        &[],
        small,
        &["etc/hostname", "etc/hosts", "etc/resolv.conf"],
    ),
    file("G09-logs", "a log of an installation or of logins", SYSTEM, claimed, LOGS),
    file(
        "G09-empty",
        "a log, lock or mark",
        SYSTEM,
        empty,
        &[
            "var/log/**",
            "run/**",
            "var/lib/**/*.lock",
            "var/lib/**/.lock",
            "var/cache/**/*.lock",
            "etc/.java/.systemPrefs/.system*",
        ],
    ),
    file("G10-module-index", "the index of a kernel's modules", &["kmod", "kmod-libs"], modules, MODULES),
    file(
        "G11-initrd",
        "a kernel's first root file system",
        &["initramfs-tools*", "dracut*", "mkinitfs", "mkinitcpio"],
        initrd,
        &["boot/initrd.img*", "boot/initrd-*", "boot/initramfs-*"],
    ),
    file(
        "G11-boot-menu",
        "the menu of the boot loader",
        &["grub*"],
        claimed,
        &["boot/grub{,2}/grub.cfg", "boot/grub{,2}/grubenv"],
    ),
    file(
        "G12-hardware-index",
        "the index of known hardware",
        SYSTEMD,
        claimed,
        &["{etc,usr/lib}/udev/hwdb.bin"],
    ),
    file(
        "G12-message-index",
        "the index of systemd's messages",
        SYSTEMD,
        claimed,
        &["var/lib/systemd/catalog/database"],
    ),
    file(
        "G12-mime-index",
        "the index of file types",
        &["shared-mime-info"],
        claimed,
        &[
            "usr/share/mime/{XMLnamespaces,aliases,generic-icons,globs,globs2,icons,magic,mime.cache,subclasses,treemagic,types,version}",
            "usr/share/mime/*/*.xml",
        ],
    ),
    file(
        "G12-font-index",
        "the index of fonts",
        &["fontconfig*"],
        claimed,
        &["var/cache/fontconfig/*", "usr/lib/fontconfig/cache/*"],
    ),
    file(
        "G12-desktop-index",
        "an index of programs, icons, settings or modules",
        &[
            "desktop-file-utils",
            "libgdk-pixbuf*",
            "gdk-pixbuf2*",
            "libglib2.0-*",
            "glib2",
            "libgtk*",
            "gtk*",
            "hicolor-icon-theme",
        ],
        claimed,
        DESKTOP,
    ),
    file(
        "G12-manual-index",
        "the index of manual pages",
        &["man-db"],
        claimed,
        &["var/cache/man/{,*/}{index.db,CACHEDIR.TAG}", "var/lib/man-db/auto-update"],
    ),
    file(
        "G12-info-index",
        "the index of Info pages",
        &["install-info", "info", "base-files"],
        claimed,
        &["usr/share/info/dir"],
    ),
    file("G12-catalogue", "an index of SGML and XML", &["sgml-base", "xml-core"], claimed, CATALOGUES),
    file(
        "G12-software-index",
        "the index of software",
        &["appstream"],
        claimed,
        &["var/cache/swcatalog/cache/*.xb", "var/lib/swcatalog/yaml/*.yml.gz"],
    ),
    file(
        "G12-locales",
        "compiled locales",
        &["locales", "libc-bin", "glibc-common", "glibc"],
        claimed,
        &[
            "usr/lib/locale/locale-archive{,.tmpl}",
            "usr/lib/locale/*/LC_*",
            "usr/lib/locale/*/LC_MESSAGES/SYS_LC_MESSAGES",
            "usr/lib{,64}{,/*}/gconv/gconv-modules.cache",
        ],
    ),
    file(
        "G12-java-classes",
        "Java's own classes as they lie in memory",
        &["openjdk-*", "java-*"],
        claimed,
        &["usr/lib/jvm/*/lib/server/classes*.jsa"],
    ),
    file("G12-binary-formats", "how a kernel runs jars", &["openjdk-*"], small, &["usr/share/binfmts/jar"]),
    file(
        "G13-selinux",
        "SELinux's policy, compiled",
        &["selinux-policy*"],
        claimed,
        &[
            "etc/selinux/*/policy/policy.*",
            "etc/selinux/*/{.policy.sha512,seusers,setrans.conf,booleans.subs_dist}",
            "etc/selinux/*/contexts/**",
            "var/lib/selinux/*/**",
        ],
    ),
    file(
        "G14-ssh-host-key",
        "a key of the SSH server",
        &["openssh-server", "dropbear*"],
        ssh_host_key,
        &["etc/ssh/ssh_host_*_key{,.pub}"],
    ),
    file(
        "G14-self-made-key",
        "the key of a certificate made at installation",
        &["ssl-cert"],
        small,
        &["etc/ssl/private/ssl-cert-snakeoil.key"],
    ),
    file(
        "G14-self-made-certificate",
        "a certificate made at installation",
        &["ssl-cert"],
        small,
        &["etc/ssl/certs/ssl-cert-snakeoil.pem"],
    ),
    file("G15-ucf", "configuration that ucf handles", &["ucf"], ucf, &["etc/**"]),
    file("G15-installed-settings", "settings that an installation writes", SETTINGS_MAKERS, small, SETTINGS),
    file("G16-docker-settings", "settings of apt and dpkg for images", &["apt"], small, DOCKER_SETTINGS),
    // The rpm family.
    file("R01-rpm-database", "rpm's database", &["@rpm"], record, RPM),
    file("R02-dnf-state", "what dnf or yum remembers", &["@rpm"], claimed, DNF),
    file(
        "R03-alternatives",
        "which alternatives are in use",
        &["chkconfig", "alternatives", "update-alternatives"],
        small,
        &["var/lib/{,rpm/}alternatives/*"],
    ),
    file(
        "R05-kickstart",
        "how the base was installed",
        &["@rpm"],
        small,
        &["root/{anaconda,original}-ks.cfg", "root/anaconda-post.log", "root/buildinfo/Dockerfile-*"],
    ),
    file(
        "R05-build-record",
        "what the vendor says of the image",
        &["@rpm"],
        claimed,
        &[
            "root/buildinfo/{labels.json,content_manifests/*.json}",
            "usr/share/buildinfo/{labels.json,content-sets.json,content_manifests/*.json}",
        ],
    ),
    file(
        "R06-crypto-policy",
        "which algorithms are allowed",
        &["crypto-policies*"],
        small,
        &["etc/crypto-policies/{config,state/*,back-ends/*}"],
    ),
    file("R06-updated", "when systemd last looked", SYSTEMD, small, &["{etc,var}/.updated"]),
    // Alpine.
    file(
        "A01-apk-database",
        "apk's database",
        &["@apk"],
        record,
        &["{usr/,}lib/apk/db/{installed,lock,triggers,scripts.tar,scripts.tar.gz}"],
    ),
    file(
        "A02-apk-settings",
        "what apk is to install, and from where",
        &["@apk"],
        small,
        &["etc/apk/{world,repositories,arch}"],
    ),
    file(
        "A03-apk-cache",
        "an index of packages that apk fetched",
        &["@apk"],
        claimed,
        &["var/cache/apk/APKINDEX.*.tar.gz", "var/log/apk.log"],
    ),
    link(
        "A04-applet",
        "a command of a program of many names",
        &["busybox*", "coreutils*", "toybox"],
        applet,
        &["{,usr/}{bin,sbin}/*"],
    ),
    // Arch.
    file(
        "P01-pacman-database",
        "pacman's database",
        &["@alpm"],
        record,
        &[
            "var/lib/pacman/local/ALPM_DB_VERSION",
            "var/lib/pacman/local/*/{desc,files,mtree,changelog,install}",
        ],
    ),
    file(
        "P02-pacman-index",
        "an index of packages that pacman fetched",
        &["pacman"],
        claimed,
        &["var/lib/pacman/sync/*.{db,files}{,.sig}", "var/log/pacman.log"],
    ),
    // What builds and runs images.
    file("C01-container-mark", "the mark of a container", &[], empty, &[".dockerenv", "run/.containerenv"]),
    Rule {
        id: "C02-devices",
        about: "a device",
        makers: &[],
        paths: DEVICES,
        kind: Kind::Device,
        check: claimed,
    },
    link(
        "C03-mounted",
        "a link into what is mounted over",
        &[],
        into_mounted,
        &["dev/**", "etc/mtab", "etc/resolv.conf", "var/{run,lock}"],
    ),
    link(
        "C04-log-to-device",
        "a log that goes to the container's output",
        SYSTEM,
        log_to_device,
        &["var/log/**"],
    ),
    // Links that lead to nothing that a package lists.
    link(
        "L01-masked-unit",
        "a unit that was switched off",
        SYSTEMD,
        into_mounted,
        &["etc/systemd/{system,user}/*"],
    ),
    link(
        "L02-unit",
        "a unit that was enabled",
        SYSTEMD,
        dangling,
        &[
            "etc/systemd/{system,user}/*.{wants,requires,upholds}/*",
            "etc/systemd/{system,user}/*.{service,socket,timer,target}",
            "etc/rc?.d/*",
        ],
    ),
    link(
        "L03-alternative",
        "an alternative",
        &["dpkg", "chkconfig", "alternatives"],
        dangling,
        &["etc/alternatives/*"],
    ),
    link(
        "L04-to-alternative",
        "a link to an alternative",
        &["dpkg", "chkconfig", "alternatives"],
        dangling_alternative,
        &["{usr/,}{bin,sbin,lib}/**", "usr/share/**"],
    ),
    link(
        "L05-base-directory",
        "a link of the base",
        &["base-files", "filesystem", "setup", "alpine-baselayout", "base-passwd"],
        to_directory,
        &[
            "usr/local/man",
            "var/spool/mail",
            "var/mail",
            "usr/tmp",
            "{bin,sbin,lib,lib32,lib64,libx32}",
            "var/{run,lock}",
        ],
    ),
];

/// What Docker, debootstrap and the rpm family's installer make; no disk is among them.
const DEVICES: Names = &[
    "dev/{console,fd,full,fuse,kmsg,null,ptmx,random,tty,urandom,zero}",
    "dev/tty[0-9]",
    "dev/pts/{ptmx,[0-9]}",
];
const DPKG: Names = &[
    "var/lib/dpkg/{status,available,diversions,statoverride}{,-old}",
    "var/lib/dpkg/{arch,arch-native,cmethopt,lock,lock-frontend,methlock,info/format}",
    "var/lib/dpkg/alternatives/*",
    "var/lib/dpkg/triggers/*",
    "var/backups/{dpkg.*,alternatives.tar.*,apt.extended_states.*}",
];
const APT: Names = &[
    "var/lib/apt/{extended_states,daily_lock,listchanges.db,listchanges-old.db}",
    "var/lib/apt/periodic/*",
    "var/cache/apt/{pkgcache,srcpkgcache}.bin",
    "var/cache/apt/archives/lock",
];
const APT_LISTS: Names = &[
    "var/lib/apt/lists/lock",
    "var/lib/apt/lists/*_{InRelease,Release,Release.gpg}",
    "var/lib/apt/lists/*_{Packages,Sources,Contents-*,Translation-*,Components-*,icons-*}{,.lz4,.gz,.xz,.zst}",
];
const APT_SOURCES: Names =
    &["etc/apt/sources.list", "etc/apt/sources.list.d/{debian,ubuntu}.sources", "etc/apt/trusted.gpg{,~}"];
const DEBCONF: Names = &["var/cache/debconf/{config,passwords,templates}.dat{,-old}"];
const UCF: Names = &["var/lib/ucf/{hashfile,registry}{,.[0-9]}", "var/lib/ucf/cache/*"];
const UNIT_STATE: Names = &[
    "var/lib/systemd/deb-systemd-{,user-}helper-{enabled,masked}/*",
    "var/lib/systemd/deb-systemd-{,user-}helper-{enabled,masked}/*.{wants,requires,upholds}/*",
];
const PAM_STATE: Names = &["var/lib/pam/{account,auth,password,seen,session,session-noninteractive}"];
const VENV: Names =
    &["**/pyvenv.cfg", "**/bin/{activate,activate.csh,activate.fish,activate.nu,Activate.ps1}"];
const CA_BUNDLES: Names = &[
    "etc/ssl/certs/ca-certificates.crt",
    "etc/pki/ca-trust/extracted/pem/{tls,email,objsign}-ca-bundle.pem",
];
const CA_EXTRACTED: Names = &[
    "etc/pki/ca-trust/extracted/edk2/cacerts.bin",
    "etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt",
    "etc/pki/ca-trust/extracted/pem/directory-hash/*",
];
const ACCOUNT_MAKERS: Names =
    &["base-passwd", "passwd", "shadow-utils", "setup", "shadow", "alpine-baselayout"];
const ACCOUNT_STATE: Names = &[
    "etc/gshadow{,-}",
    "etc/sub{uid,gid}{,-}",
    "etc/.pwd.lock",
    "etc/security/opasswd",
    "etc/security/opasswd.old",
];
const LOCAL_SETTINGS: Names = &[
    "etc/{fstab,timezone,environment,adjtime,networks,hostid,mailname,papersize}",
    "etc/{locale.conf,locale.gen,vconsole.conf}",
    "etc/default/{locale,keyboard,console-setup}",
    "etc/motd",
];
const LOGS: Names = &[
    "var/log/{btmp,wtmp,lastlog,faillog,tallylog}",
    "var/log/{dpkg,alternatives,bootstrap,fontconfig}.log",
    "var/log/apt/{history.log,term.log,eipp.log.xz}",
    "var/log/{dnf,dnf.librepo,dnf.rpm,dnf5,hawkey,yum}.log",
];
const MODULES: Names = &[
    "{usr/,}lib/modules/*/modules.{alias,dep,symbols,builtin,builtin.alias}.bin",
    "{usr/,}lib/modules/*/modules.{alias,dep,devname,softdep,symbols,weakdep,builtin.bin}",
];
const DESKTOP: Names = &[
    "usr/share/applications/mimeinfo.cache",
    "usr/share/glib-2.0/schemas/gschemas.compiled",
    "usr/share/icons/*/icon-theme.cache",
    "usr/lib{,64}/{,*/}gdk-pixbuf-2.0/*/loaders.cache",
    "usr/lib{,64}/{,*/}gio/modules/giomodule.cache",
    "usr/lib{,64}/{,*/}gtk-{2,3}.0/*/immodules.cache",
];
const CATALOGUES: Names = &[
    "etc/{sgml,xml}/catalog{,.old}",
    "etc/xml/*.xml{,.old}",
    "var/lib/sgml-base/supercatalog{,.old}",
    "var/lib/xml-core/*",
];
const SETTINGS_MAKERS: Names =
    &["apparmor*", "libwrap0", "tcpd", "python3*", "man-db", "ifupdown", "debconf"];
const SETTINGS: Names = &[
    "etc/apparmor.d/local/*",
    "etc/hosts.{allow,deny}",
    "etc/python3{,.*}/debian_config",
    "etc/network/interfaces",
];
const DOCKER_SETTINGS: Names = &[
    "etc/apt/apt.conf.d/docker-{autoremove-suggests,clean,gzip-indexes,no-languages}",
    "etc/dpkg/dpkg.cfg.d/docker-apt-speedup",
];
const RPM: Names = &[
    "{var/lib,usr/lib/sysimage}/rpm/rpmdb.sqlite{,-shm,-wal}",
    "{var/lib,usr/lib/sysimage}/rpm/{Packages,Index}{,.db}",
    "{var/lib,usr/lib/sysimage}/rpm/{Basenames,Conflictname,Dirnames,Enhancename,Filetriggername,Group,Installtid,Name,Obsoletename,Providename,Recommendname,Requirename,Sha1header,Sigmd5,Suggestname,Supplementname,Transfiletriggername,Triggername}",
    "{var/lib,usr/lib/sysimage}/rpm/{.rpm.lock,.dbenv.lock,.fslock,__db.00[0-9]}",
];
const DNF: Names = &[
    "var/lib/dnf/{history.sqlite{,-shm,-wal},expired_repos.json,.gpgkeyschecked.yum}",
    "var/lib/dnf/{repos,modulefailsafe,yumdb}/**",
    "var/lib/yum/{history/*,yumdb/**,repos/**,groups/*,rpmdb-indexes/*,uuid}",
    "usr/lib/sysimage/libdnf5/{packages,nevras,modules,groups,environments,system}.toml",
    "usr/lib/sysimage/libdnf5/transaction_history.sqlite{,-shm,-wal}",
    "var/cache/{dnf,yum,libdnf5}/**/*.{solv,solvx,xml,xml.gz,xml.zst,xml.xz,sqlite,json,cachecookie,asc}",
    "etc/dnf/modules.d/*.module",
    "etc/yum.repos.d/ubi.repo",
];
