#!/usr/bin/env bash
# Tests/Kernels/speed.sh [l | t | s | m | r][2]
#
# Builds speed.c with Swift's clang, which builds the node too, and runs it: large
# products, those of training, small ones, those out of memory, rows; or all. A 2
# behind, or alone, does it with AVX2.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compiler=$(dirname "$(readlink -f "$(command -v swift)")")/clang
[[ -x $compiler ]] || compiler=cc
"$compiler" -O3 -ffp-contract=off -w -I"$root/Sources/C/Kernels/include" \
    "$root/Tests/Kernels/speed.c" "$root"/Sources/C/Kernels/*.c -lm -lpthread -o "$folder/speed"
"$folder/speed" "$@"
