#!/bin/sh
# Brings this machine up to what the Makefile's targets need, and does nothing that is already done.
#   .ci/setup.sh [runtime|test|bench]...      (default: runtime)
# As root it installs missing Debian packages; otherwise it prints the line to run. Python packages come
# only with the hashes of requirements*.lock, into .venv. The second call takes about a second.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
PYTHON=${PYTHON:-python3}
python=.venv/bin/python

# pango and harfbuzz draw the PDFs; without libharfbuzz-subset0 writing one is 12 times slower.
# The fonts draw what our own lacks: Chinese characters of the extensions B to H, Mongolian, Tibetan, Uyghur, signs.
APT_runtime='libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-babelstone-han fonts-hanazono fonts-noto-core'
# fonts-wqy-microhei: headless chromium finds no Chinese font on a bare Debian.
# libatomic1: the node that the playwright wheel carries needs it.
APT_test='chromium chromium-headless-shell postgresql poppler-utils fonts-wqy-microhei libatomic1'
APT_bench='wrk'

say() { printf '%s\n' "setup: $*" >&2; }
die() { say "$*"; exit 1; }

missing_packages() {
    for package in "$@"; do
        status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
        [ "$status" = 'install ok installed' ] || printf ' %s' "$package"
    done
}

# The installation must not start services (a container has no service manager), and PostgreSQL's own
# cluster is not wanted: the tests start theirs, as user postgres, on a free port in a temporary folder.
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    case " $* " in *' postgresql '*)
        if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
            mkdir -p /etc/postgresql-common
            {
                echo '# Written by the charity platform (make test): its tests start clusters of their own.'
                echo 'create_main_cluster = false'
            } >/etc/postgresql-common/createcluster.conf
        fi ;;
    esac
    policy=/usr/sbin/policy-rc.d
    ours=
    if [ ! -e "$policy" ] && [ ! -d /run/systemd/system ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        ours=yes
        trap 'rm -f "$policy"' EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
    fi
    say "apt-get install $*"
    log=$(mktemp)
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confold "$@"; } </dev/null >"$log" 2>&1 ||
        { cat "$log" >&2; rm -f "$log"; die 'apt-get failed: read the lines above'; }
    rm -f "$log"
    if [ -n "$ours" ]; then
        rm -f "$policy"
        trap - EXIT INT TERM
    fi
}

need_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "not a Debian: please have these installed yourself: $*"
        return
    fi
    # shellcheck disable=SC2046,SC2086 # words are wanted
    set -- $(missing_packages "$@")
    [ $# -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "missing packages. Run this, then the same command again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    apt_install "$@"
}

# python3-venv is Debian's name for what other Pythons bring along (ensurepip).
python_packages() {
    command -v "$PYTHON" >/dev/null 2>&1 || printf 'python3 '
    "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1 || printf 'python3-venv'
}

need_venv() {
    if ! "$python" -c '' >/dev/null 2>&1; then
        "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "Python 3.11 or newer is needed ($PYTHON)"
        say 'making .venv'
        "$PYTHON" -m venv --clear .venv
    fi
    # The package runs from this tree. A .pth and a launcher instead of `pip install -e`: no build step,
    # so nothing without a hash is ever fetched.
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    write_if_changed "$site/charity-tree.pth" "$root"
    write_if_changed .venv/bin/charity "#!/bin/sh
exec '$root/.venv/bin/python' -m charity \"\$@\""
    chmod 755 .venv/bin/charity
}

write_if_changed() {
    [ -e "$1" ] && [ "$(cat "$1")" = "$2" ] || printf '%s\n' "$2" >"$1"
}

# A stamp holds the lock's hash and the interpreter: the same again means there is nothing to do.
need_lock() {
    stamp=.venv/stamp-$1
    want="$(sha256sum "$2" | cut -d' ' -f1) $("$python" -V)"
    [ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || return 0
    say "pip install --require-hashes -r $2"
    "$python" -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes -r "$2" || die "pip could not install $2 (network? read the lines above)"
    printf '%s\n' "$want" >"$stamp"
}

need_assets() {
    "$python" -c 'from pathlib import Path; from charity import assets; assets.fetch(Path())'
}

[ $# -gt 0 ] || set -- runtime
for part in "$@"; do
    case $part in
        # shellcheck disable=SC2046,SC2086 # words are wanted
        runtime)
            need_packages $(python_packages) $APT_runtime
            need_venv
            need_lock runtime requirements.lock
            need_assets ;;
        # shellcheck disable=SC2086
        test)
            need_packages $APT_test
            need_lock dev requirements-dev.lock ;;
        # shellcheck disable=SC2086
        bench) need_packages $APT_bench ;;
        *) die "unknown part: $part (runtime, test or bench)" ;;
    esac
done
