#!/usr/bin/env bash
# Tests/Kernels/replay.sh [EVERY]
#
# Trains an adapter for 20 steps on the sample base at every level this CPU has, with
# both profiles: all must give the same file. The program is built with dump.c beside
# it, so that every EVERY-th product (else the 199th) of the first of those runs is
# written down; these are then computed again by the portable kernels, by AVX2, and
# for arm64 under qemu where Debian's gcc-aarch64-linux-gnu and qemu-user-static are
# installed, and every bit is compared.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
every=${1-199}
kernels=$root/Sources/C/Kernels
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
levels=(portable)
for level in avx2 avx512f; do
    ! grep -qw "$level" /proc/cpuinfo || levels=("${level%f}" "${levels[@]}")
done

cc -O2 -w -c -I"$kernels/include" "$root/Tests/Kernels/dump.c" -o "$folder/dump.o"
parts=(--package-path "$root" -c release --scratch-path "$root/.build/replay" --product plasmid)
parts+=(-Xlinker --wrap=plasmid_product -Xlinker "$folder/dump.o")
swift build "${parts[@]}" >"$folder/build.log" 2>&1 || {
    tail -20 "$folder/build.log"
    exit 1
}
plasmid=$(swift build "${parts[@]}" --show-bin-path)/plasmid

# build COMPILER OPTION...: the program that computes dumped products again.
build() {
    local compiler=$1
    shift
    "$compiler" -O3 -ffp-contract=off -w -I"$kernels/include" "$@" \
        "$root/Tests/Kernels/replay.c" "$kernels"/*.c -lm -o "$folder/$compiler"
}
build cc
arm=()
if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null; then
    build aarch64-linux-gnu-gcc -static
    arm=(qemu-aarch64-static "$folder/aarch64-linux-gnu-gcc")
fi

for _ in 1 2 3 4 5 6 7 8; do
    printf '%s\n' "And the king said unto the package manager, read the list of packages." \
        "The package manager read the list, and it was good." \
        "In the beginning the archive was without signature, and void."
done >"$folder/data.txt"
export PLASMID_HOME=$folder/home
"$plasmid" init >/dev/null

runs=0 failures=0
# compare NAME WANTED GOT
compare() {
    runs=$((runs + 1))
    if [[ $2 == "$3" ]]; then
        echo "  $1: $3"
    else
        echo "  $1: DIFFERENT: $3, not $2"
        failures=$((failures + 1))
    fi
}

# train PROFILE LEVEL: prints the run id and the SHA-256 of the adapter.
train() {
    local answer path
    answer=$(PLASMID_KERNELS=$2 "$plasmid" train --base "$root/bootstrap/sample/base" \
        --data "$folder/data.txt" --name "sample-$1-$2" --steps 20 --batch 4 --seq 64 \
        --targets all-linear --dropout 0.1 --profile "$1" --json)
    path=$(sed 's/.*"path":"\([^"]*\)".*/\1/' <<<"$answer")
    sed 's/.*"run":"\([0-9a-f]\{16\}\).*/run \1/' <<<"$answer"
    sha256sum <"$path/adapter_model.safetensors" | cut -c1-64
}

for profile in portable-f32 bf16dot; do
    echo "$profile, 20 steps, all linear modules:"
    dump=$folder/products-$profile wanted='' results=''
    for level in "${levels[@]}"; do
        [[ $wanted ]] || export PLASMID_DUMP=$dump PLASMID_DUMP_EVERY=$every
        got=$(train "$profile" "$level" | paste -sd' ')
        unset PLASMID_DUMP PLASMID_DUMP_EVERY
        compare "$level" "${wanted:=$got}" "$got"
    done
    echo "$profile, products of ${levels[0]} again:"
    for level in "${levels[@]}"; do
        got=$("$folder/cc" "$level" "$dump") || got+=' (failed)'
        : "${results:=$(sed 's/ [0-9]* different/ 0 different/' <<<"$got")}"
        compare "$level" "$results" "$got"
    done
    if ((${#arm[@]})); then
        got=$("${arm[@]}" portable "$dump") || got+=' (failed)'
        compare "arm64 under qemu" "$results" "$got"
    else
        echo "  arm64: not compared; bootstrap/judges installs what it needs"
    fi
done

echo "$runs compared, $failures different"
((failures == 0))
