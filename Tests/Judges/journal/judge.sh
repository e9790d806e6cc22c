#!/usr/bin/env bash
# Tests/Judges/journal/judge.sh MODE OPERAND...
#
# Builds the judge, unless that was done before, and runs it: main.go has the
# modes. Needs Go and golang.org/x/mod, which Debian has as golang-go and
# golang-golang-x-mod-dev; bootstrap/judges installs them. Nothing is fetched.
# Ends with what the judge says (0 all is well, 1 not, 2 called wrongly), or
# with 3 and one line if Go is not there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
judges=${PLASMID_JUDGES:-$(cd "$here/../../.." && pwd)/.build/judges}
packages=/usr/share/gocode

if ! command -v go >/dev/null || [[ ! -d $packages/src/golang.org/x/mod/sumdb/tlog ]]; then
    echo "Go or golang.org/x/mod is not there; bootstrap/judges installs them" >&2
    exit 3
fi
program=$judges/journal-judge-$(cat "$here"/*.go | sha256sum | cut -c1-12)
if [[ ! -x $program ]]; then
    mkdir -p "$judges"
    work=$(mktemp -d "$judges/journal-judge.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    GO111MODULE=off GOFLAGS='' GOPROXY=off GOPATH=$packages GOCACHE=$work/cache \
        go build -o "$work/judge" "$here"/*.go
    mv "$work/judge" "$program"
    rm -rf "$work"
fi
exec "$program" "$@"
