#!/usr/bin/env bash
# Tests/Kernels/speed.sh [l | s | m | r | 2]
#
# Builds speed.c with Swift's clang, which builds the node too, and runs it: large
# and small products, products out of memory, rows, the same with AVX2; or all.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compiler=$(dirname "$(readlink -f "$(command -v swift)")")/clang
[[ -x $compiler ]] || compiler=cc
"$compiler" -O3 -ffp-contract=off -w -I"$root/Sources/C/Kernels/include" \
    "$root/Tests/Kernels/speed.c" "$root"/Sources/C/Kernels/*.c -lm -lpthread -o "$folder/speed"
"$folder/speed" "$@"
