#!/bin/sh
# How soon an empty node answers and has all records over a slow link:
#
#   newcomer.sh PLASMID [MBIT] [OPTIONS OF plasmid bench newcomer]
#
# All nodes run in a network namespace of their own whose loopback passes so many Mbit/s (100
# unless said otherwise), both directions and all nodes together. Prints the bench's figures and
# the bytes that crossed. Needs root, or an unprivileged user namespace (unshare -rn sh newcomer.sh).
set -eu
plasmid=$(realpath "$1")
shift
mbit=100
case "${1:-}" in
[0-9]*)
    mbit=$1
    shift
    ;;
esac
export plasmid mbit
exec unshare -n sh -euc '
    ip link set lo mtu 1500 up
    tc qdisc add dev lo root tbf rate "${mbit}mbit" burst 64kb latency 200ms
    "$plasmid" bench newcomer "$@"
    tc -s qdisc show dev lo | grep Sent
' newcomer "$@"
