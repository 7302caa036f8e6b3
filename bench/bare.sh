#!/bin/sh
# Tries the newcomer's two commands on a bare Debian 12 and prints how long they take.
#   bench/bare.sh [--worktree] [--keep] [setup] [demo] [test]        (default: demo test)
# A minimal bookworm is made with debootstrap in a folder, given python3, python3-venv and make (the allowed
# base) and a clean clone of the last commit (--worktree: the files as they lie here instead), and the
# commands run in a chroot. The machine's own mirror, certificates and pip, npm and apt settings are
# copied in at run time; none is written in this repository. Mounts and processes live in namespaces of
# their own and end with it. Needs root, debootstrap and git; PORT (default 8765) must be free.
set -eu

repo=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
port=${PORT:-8765}
source=clone
keep=
parts=
for word in "$@"; do
    case $word in
        --worktree) source=worktree ;;
        --keep) keep=yes ;;
        setup | demo | test) parts="$parts $word" ;;
        *) echo "usage: bench/bare.sh [--worktree] [--keep] [setup] [demo] [test]" >&2; exit 2 ;;
    esac
done
[ "$(id -u)" = 0 ] || { echo 'bare: needs root (debootstrap, chroot)' >&2; exit 1; }
for program in debootstrap git unshare; do
    command -v "$program" >/dev/null || { echo "bare: please install $program" >&2; exit 1; }
done

folder=$(mktemp -d "${TMPDIR:-/var/tmp}/charity-bare.XXXXXX")
bare=$folder/root
finish() {
    # The mounts were made in a namespace that is gone; should one be left, nothing is deleted.
    if [ -n "$keep" ] || grep -q " $folder" /proc/mounts; then echo "bare: kept in $folder" >&2
    else rm -rf --one-file-system "$folder"; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' | head -n 1)
[ -n "$mirror" ] || { echo "bare: no bookworm mirror in this machine's apt sources" >&2; exit 1; }
echo "bare: debootstrap bookworm into $bare" >&2
debootstrap --variant=minbase bookworm "$bare" "$mirror" >"$folder/debootstrap.log" 2>&1 ||
    { tail -n 20 "$folder/debootstrap.log" >&2; exit 1; }

[ -e /etc/apt/sources.list ] || rm -f "$bare/etc/apt/sources.list" # else every source is listed twice

# What the network here needs: names, certificates, and where packages come from.
copy() { # copy PATH: the same path inside, links followed, missing ones left out
    [ -e "$1" ] || return 0
    mkdir -p "$bare$(dirname -- "$1")"
    cp -RL "$1" "$bare$(dirname -- "$1")/" 2>/dev/null || echo "bare: $1 was copied in part" >&2
}
for path in /etc/resolv.conf /etc/hosts /etc/ssl/certs /usr/local/share/ca-certificates /etc/pip.conf \
    "$HOME/.config/pip" "$HOME/.pip" "$HOME/.npmrc" /etc/npmrc /usr/etc/npmrc /etc/apt/sources.list \
    /etc/apt/sources.list.d /etc/apt/auth.conf.d /etc/apt/apt.conf.d /etc/apt/keyrings /etc/apt/trusted.gpg.d; do
    copy "$path"
done
# Package folders of this machine are not there inside (and would be no bare machine).
for path in "$bare/etc/pip.conf" "$bare$HOME/.config/pip/pip.conf" "$bare$HOME/.pip/pip.conf"; do
    [ ! -e "$path" ] || sed -i -e '/^find-links/d' -e '/file:\/\//d' "$path"
done
mkdir -p "$bare/work"
if [ "$source" = clone ]; then
    git clone --quiet --no-local "$repo" "$bare/work/charity"
    echo "bare: commit $(git -C "$repo" rev-parse --short HEAD)" >&2
else
    mkdir "$bare/work/charity"
    (cd "$repo" && git ls-files -z --cached --others --exclude-standard |
        xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
        tar --null -T - -cf -) | tar -xf - -C "$bare/work/charity"
    echo 'bare: the working tree as it lies here' >&2
fi

cat >"$bare/try.sh" <<'TRY'
set -eu
trap 'exit 130' INT TERM # process 1 of its namespace hears only what it asks to hear
export DEBIAN_FRONTEND=noninteractive
(apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv make) \
    </dev/null >/tmp/base.log 2>&1 || { tail -n 20 /tmp/base.log; exit 1; }
echo "bare: $(python3 -V), $(make --version | head -n 1), $(nproc) cores"
cd /work/charity
now() { date +%s.%N; }
since() { python3 -c 'import sys; print(f"{float(sys.argv[2]) - float(sys.argv[1]):.1f}")' "$1" "$(now)"; }
ready() {
    python3 -c 'import sys, urllib.request as u
try: sys.exit(u.build_opener(u.ProxyHandler({})).open(sys.argv[1], timeout=2).status != 200)
except OSError: sys.exit(1)' "http://127.0.0.1:$PORT/readyz"
}
setup() {
    begin=$(now)
    make setup || exit 1
    echo "bare: make setup ($1): $(since "$begin") s"
}
demo() { # demo WHICH LIMIT: until /readyz answers, then the server is stopped
    ! ready || { echo "bare: port $PORT is taken" >&2; exit 1; }
    begin=$(now)
    setsid make demo PORT="$PORT" >/tmp/demo.log 2>&1 &
    job=$!
    until ready; do
        kill -0 "$job" 2>/dev/null || { cat /tmp/demo.log; echo 'bare: make demo ended by itself' >&2; exit 1; }
        [ "$(($(date +%s) - ${begin%.*}))" -lt 1800 ] || { tail -n 40 /tmp/demo.log; echo 'bare: no answer in 30 min' >&2; exit 1; }
        sleep 0.2
    done
    took=$(since "$begin")
    # TERM, not INT: a shell's background jobs are born deaf to INT.
    kill -s TERM -- "-$job" 2>/dev/null || true
    for _ in $(seq 150); do kill -s 0 -- "-$job" 2>/dev/null || break; sleep 0.2; done
    ! kill -s KILL -- "-$job" 2>/dev/null || echo 'bare: the server did not stop within 30 s of TERM' >&2
    wait "$job" 2>/dev/null || true
    tail -n 30 /tmp/demo.log
    echo "bare: make demo ($1): $took s (limit $2 s)"
}
for part in $PARTS; do
    case $part in
        setup) setup 'first time'; setup 'second time' ;;
        demo) demo 'first time' 360; demo 'second time' 20 ;;
        test)
            begin=$(now)
            make test || { echo "bare: make test failed after $(since "$begin") s" >&2; exit 1; }
            echo "bare: make test: $(since "$begin") s (limit 1800 s)" ;;
    esac
done
TRY

# Only what the network needs crosses over from this machine's environment.
set -- HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "PORT=$port" "PARTS=${parts:-demo test}" "TESTS=${TESTS:-}"
for name in $(env | sed -nE 's/^((PIP|npm_config|NPM_CONFIG)_[A-Za-z_]*|[a-zA-Z]+_proxy|[A-Z]+_PROXY|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)=.*/\1/p'); do
    case $name in PIP_FIND_LINKS | PIP_EXTRA_INDEX_URL | PIP_TARGET | PIP_PREFIX | PIP_USER) continue ;; esac
    eval "set -- \"\$@\" \"$name=\$$name\""
done
[ "$HOME" = /root ] || { mkdir -p "$bare/root"; [ ! -d "$bare$HOME" ] || cp -R "$bare$HOME/." "$bare/root/"; }
# shellcheck disable=SC2016 # expanded inside
unshare --mount --pid --fork --kill-child sh -eu -c '
    bare=$1; shift
    mount -t proc proc "$bare/proc"
    mount --rbind /dev "$bare/dev"
    exec env -i "$@" chroot "$bare" /bin/sh /try.sh' sh "$bare" "$@"
