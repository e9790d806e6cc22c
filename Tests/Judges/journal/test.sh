#!/usr/bin/env bash
# Tests/Judges/journal/test.sh [JOURNAL NODEKEY]
#
# Tests the journal's judge on logs and proofs that make_log.py makes: sound ones
# must pass, and every kind of damage must be found. With a folder and the key of
# the node whose journal it is, that journal is checked too.
# Ends with 0 if all is as it should be, 1 if not, 3 if a judge is not there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
judges=${PLASMID_JUDGES:-$(cd "$here/../../.." && pwd)/.build/judges}
python=$judges/bin/python
"$python" -c 'import cryptography' 2>/dev/null || {
    echo "PyPI cryptography is not there; bootstrap/judges installs it" >&2
    exit 3
}
# Called without a mode the judge ends with 2 and its usage; all else is no judge.
status=0
words=$("$here/judge.sh" 2>&1) || status=$?
if ((status != 2)) || [[ $words != usage:* ]]; then
    echo "$words" >&2
    exit $((status == 3 ? 3 : 1))
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
checks=0 failures=0

# expect STATUS NAME COMMAND...: the judge must end so, with one line.
expect() {
    local wanted=$1 name=$2 status=0 words
    shift 2
    words=$("$@" 2>&1) || status=$?
    checks=$((checks + 1))
    if ((status == wanted)) && { ((status == 2)) || [[ -n $words && $words != *$'\n'* ]]; }; then
        return
    fi
    failures=$((failures + 1))
    echo "$name: status $status, not $wanted: $words"
}
good() { expect 0 "$@"; }
bad() { expect 1 "$@"; }
judge() { "$here/judge.sh" "$@"; }
log() { "$python" "$here/make_log.py" "$@"; }

# spoil NAME FILE PYTHON: a copy of the sound log in which FILE's bytes `data` were changed.
spoil() {
    rm -rf "$1"
    cp -rl sound "$1"
    "$python" -c "
import pathlib, sys
file = pathlib.Path('$1', '$2')
data = bytearray(file.read_bytes())
file.unlink()
$3
if data is not None:
    file.write_bytes(data)"
}

log sound 70000 --witnesses 2 --prove 0 --prove 65535 --prove 69999 --extra 'told besides'
vkey=$(cat sound/log.vkey)
first=$(cat sound/witness-1.vkey) second=$(cat sound/witness-2.vkey)

# Lengths around the edges of tiles: every tile and entry is read, and the log grows from each.
log grown 70001
for count in 0 1 2 3 255 256 257 511 512 513 1000 65535 65536 65537; do
    log "of-$count" "$count" --prove $((count > 0 ? count - 1 : 0)) 2>/dev/null || log "of-$count" "$count"
    good "a log of $count" judge verify-log "of-$count" "$vkey"
    good "growth from $count" judge consistency "of-$count" grown "$vkey"
    ((count == 0)) ||
        good "a proof in $count" judge verify-proof "of-$count/$((count - 1)).tlog-proof" \
            "of-$count/$((count - 1)).leaf" "$vkey"
done
good "a log of 70000" judge verify-log sound "$vkey"
good "no growth" judge consistency sound sound "$vkey"
bad "a log that shrank" judge consistency grown sound "$vkey"

# Entries from a file, and from segments beside the tiles.
cat sound/tile/entries/???  sound/tile/entries/*.p/* >exported
good "exported entries" judge verify-log sound "$vkey" --entries exported
cp -r sound segments
rm -r segments/tile/entries
head -c 4096 exported >segments/00000001.log
bad "a segment cut off" judge verify-log segments "$vkey"
cp exported segments/00000001.log
good "entries from a segment" judge verify-log segments "$vkey"
printf '\0\2ab' >>segments/00000001.log
good "an entry behind the checkpoint" judge verify-log segments "$vkey"
printf '\0\2ab' | cat - exported >segments/00000001.log
bad "an entry too many in front" judge verify-log segments "$vkey"
rm segments/00000001.log
bad "no entries at all" judge verify-log segments "$vkey"

# A full tile stands for its unfinished forms.
log of-256 256
log of-100 100
rm -r of-100/tile/0
cp -r of-256/tile/0 of-100/tile/0
good "a full tile for an unfinished one" judge verify-log of-100 "$vkey"

# The checkpoint.
spoil b checkpoint "data[data.index(b'70000')] = ord('8')"
bad "another size" judge verify-log b "$vkey"
spoil b checkpoint "data[0] ^= 1"
bad "another origin" judge verify-log b "$vkey"
spoil b checkpoint "data[data.index(b'\n', data.index(b'70000') + 6) - 2] ^= 1"
bad "another root" judge verify-log b "$vkey"
spoil b checkpoint "data[-10] ^= 1"
bad "another signature" judge verify-log b "$vkey"
spoil b checkpoint "del data[data.index(b'\n\n') + 1:]"
bad "no signature" judge verify-log b "$vkey"
spoil b checkpoint "data += data[data.index(b'\n\n') + 2:].replace(b'judged', b'others')"
good "a signature of an unknown key beside it" judge verify-log b "$vkey"
spoil b checkpoint "data[:] = data.replace(b'\n', b'\r\n')"
bad "other line ends" judge verify-log b "$vkey"
spoil b checkpoint "data.clear()"
bad "an empty checkpoint" judge verify-log b "$vkey"
bad "a witness's key for the log's" judge verify-log sound "$first"
bad "no key" judge verify-log sound "${vkey%????}AAA="

rm -rf b
log b 5 --origin log.example/another
bad "another log's checkpoint, signed by this one" judge verify-log b "$vkey"

# Tiles and entries.
spoil b tile/0/100 "data[40] ^= 1"
bad "a flipped bit in a tile" judge verify-log b "$vkey"
spoil b tile/1/000 "data[40] ^= 1"
bad "a flipped bit above" judge verify-log b "$vkey"
spoil b tile/0/273.p/112 "data[-1] ^= 1"
bad "a flipped bit in an unfinished tile" judge verify-log b "$vkey"
spoil b tile/2/000.p/1 "data[0] ^= 1"
bad "a flipped bit at the top" judge verify-log b "$vkey"
spoil b tile/0/100 "del data[-32:]"
bad "a short tile" judge verify-log b "$vkey"
spoil b tile/0/100 "data += data[:32]"
bad "a long tile" judge verify-log b "$vkey"
spoil b tile/0/100 "data = None"
bad "a missing tile" judge verify-log b "$vkey"
spoil b tile/0/100 "data[:64] = data[32:64] + data[:32]"
bad "two hashes exchanged" judge verify-log b "$vkey"
spoil b tile/entries/100 "data[5] ^= 1"
bad "a changed entry" judge verify-log b "$vkey"
spoil b tile/entries/100 "del data[-3:]"
bad "an entry cut off" judge verify-log b "$vkey"
spoil b tile/entries/273.p/112 "data += b'\0\1x'"
bad "an entry too many in a bundle" judge verify-log b "$vkey"

# A log that was rewritten, signed again by its own key.
log forked 70001 --fork 12345
good "a fork is sound in itself" judge verify-log forked "$vkey"
bad "a fork" judge consistency sound forked "$vkey"
log forked-same 70000 --fork 0
bad "two roots for one length" judge consistency sound forked-same "$vkey"

# Proofs.
proof=sound/65535.tlog-proof leaf=sound/65535.leaf
for index in 0 65535 69999; do
    good "a proof of $index" judge verify-proof "sound/$index.tlog-proof" "sound/$index.leaf" \
        "$vkey" --witness "$first" --witness "$second"
done
good "a proof without witnesses asked for" judge verify-proof "$proof" "$leaf" "$vkey"
bad "another entry" judge verify-proof "$proof" sound/0.leaf "$vkey"
bad "the log's key for a witness's" judge verify-proof "$proof" "$leaf" "$vkey" --witness "$vkey"
bad "a witness's key with a false hash" judge verify-proof "$proof" "$leaf" "$vkey" \
    --witness "${first/+????????+/+00000000+}"
log alone 70000 --witnesses 1 --prove 65535
bad "a witness who did not sign" judge verify-proof alone/65535.tlog-proof "$leaf" "$vkey" \
    --witness "$first" --witness "$second"

# spoil_proof NAME PYTHON: the same for the text of the proof, asking for both witnesses.
spoil_proof() {
    spoil b 65535.tlog-proof "text = data.decode()
lines = text.split('\n')
$2
data = text.encode()"
    bad "a proof with $1" judge verify-proof b/65535.tlog-proof "$leaf" "$vkey" \
        --witness "$first" --witness "$second"
}
spoil_proof "another first line" "text = text.replace('@v1', '@v2')"
spoil_proof "another index" "text = text.replace('index 65535', 'index 65534')"
spoil_proof "a leading zero" "text = text.replace('index 65535', 'index 065535')"
spoil_proof "an index beyond the log" "text = text.replace('index 65535', 'index 70000')"
spoil_proof "a negative index" "text = text.replace('index 65535', 'index -1')"
spoil_proof "no index" "text = text.replace('index 65535\n', '')"
spoil_proof "extra data that is not base64" "text = text.replace('extra ', 'extra !')"
spoil_proof "extra data behind the index" "lines[1:3] = lines[2:0:-1]; text = '\n'.join(lines)"
spoil_proof "a hash changed" "lines[5] = lines[6]; text = '\n'.join(lines)"
spoil_proof "hashes exchanged" "lines[5:7] = lines[6:4:-1]; text = '\n'.join(lines)"
spoil_proof "a hash left out" "del lines[5]; text = '\n'.join(lines)"
spoil_proof "a hash too many" "lines.insert(5, lines[5]); text = '\n'.join(lines)"
spoil_proof "a short hash" "lines[5] = lines[5][4:]; text = '\n'.join(lines)"
spoil_proof "other line ends" "text = text.replace('\n', '\r\n', 5)"
spoil_proof "a carriage return behind a hash" "lines[5] += '\r'; text = '\n'.join(lines)"
spoil_proof "no empty line" "text = text.replace('\n\n', '\n', 1)"
spoil_proof "another root" "text = text.replace('\n70000\n', '\n70001\n')"
spoil_proof "no signature of the log" \
    "text = '\n'.join(l for l in lines if not l.startswith('\u2014 log'))"
spoil_proof "a witness left out" \
    "text = '\n'.join(l for l in lines if not l.startswith('\u2014 witness.example/2'))"
spoil_proof "another time in a cosignature" "
import base64
parts = lines[-2].split(' ')
raw = bytearray(base64.b64decode(parts[2]))
raw[11] ^= 1
lines[-2] = ' '.join(parts[:2] + [base64.b64encode(raw).decode()])
text = '\n'.join(lines)"
spoil_proof "a cosignature under the other's name" "
parts = lines[-2].split(' ')
lines[-2] = ' '.join(['\u2014', 'witness.example/2', lines[-3].split(' ')[2]])
text = '\n'.join(lines)"
spoil_proof "a cosignature without its time" "
import base64
parts = lines[-2].split(' ')
raw = base64.b64decode(parts[2])
lines[-2] = ' '.join(parts[:2] + [base64.b64encode(raw[:4] + raw[12:]).decode()])
text = '\n'.join(lines)"

# Wrong calls.
expect 2 "no mode" judge
expect 2 "an unknown mode" judge verify "$vkey"
expect 2 "an option without value" judge verify-log sound "$vkey" --entries
bad "a folder that is not there" judge verify-log nowhere "$vkey"

if (($# == 2)); then
    good "the journal in $1" judge verify-log "$1" "$(log --vkey "$2")"
fi
echo "$((checks - failures)) of $checks checks as they should be"
((failures == 0))
