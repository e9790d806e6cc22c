#!/usr/bin/env bash
# Tests/Kernels/conformance.sh [--write]
#
# Builds conformance.c with every C compiler at hand, runs it at every level this
# CPU has, and for arm64 under qemu where Debian's gcc-aarch64-linux-gnu and
# qemu-user-static are installed. All must print the same digests, those of
# Tests/Vectors/kernels.json.
#
#   --write   writes the portable level's digests to Tests/Vectors/kernels.json
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kernels=$root/Sources/C/Kernels
vectors=$root/Tests/Vectors/kernels.json
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# build COMPILER OPTION...: a program of its own for each compiler.
build() {
    local compiler=$1
    shift
    "$compiler" -O3 -ffp-contract=off -w -I"$kernels/include" "$@" \
        "$root/Tests/Kernels/conformance.c" "$kernels"/*.c -lm \
        -o "$folder/$(basename "$compiler")"
}

# From the lines of a program to the file of vectors.
as_json() {
    printf '{\n'
    sed 's/\(.*\) \(.*\)/  "\1": "\2"/; $!s/$/,/' "$1"
    printf '}\n'
}

runs=0 failures=0
# compare NAME COMMAND...: status 3 says that the CPU lacks the level.
compare() {
    local name=$1 status=0
    shift
    "$@" >"$folder/digests" || status=$?
    if ((status == 3)); then
        echo "$name: not on this CPU"
        return
    fi
    as_json "$folder/digests" >"$folder/json"
    runs=$((runs + 1))
    if ((status == 0)) && diff -u "$vectors" "$folder/json"; then
        echo "$name: the digests of Tests/Vectors/kernels.json"
    else
        echo "$name: DIFFERENT (status $status)"
        failures=$((failures + 1))
    fi
}

for compiler in cc gcc clang; do
    command -v "$compiler" >/dev/null || continue
    build "$compiler"
    if [[ ${1-} == --write ]]; then
        "$folder/$compiler" portable >"$folder/digests"
        as_json "$folder/digests" >"$vectors"
        exit 0
    fi
    for level in portable avx2 avx512 emulated; do
        compare "$compiler, $level" "$folder/$compiler" "$level"
    done
done

if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null; then
    build aarch64-linux-gnu-gcc -static
    compare "arm64 under qemu, portable" \
        qemu-aarch64-static "$folder/aarch64-linux-gnu-gcc" portable
else
    echo "arm64: not compared; install gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and" \
        "qemu-user-static (bootstrap/judges does)"
fi

echo "$runs compared, $failures different"
((failures == 0 && runs > 0))
