# shellcheck shell=bash
# What tours of several nodes share: homes below a folder of their own, nodes on
# loopback by short names, JSON read with grep and sed, a clean end.
# Sourced behind setup.sh, never run. Needs PLASMID, the program.

TOUR=''
LAST=''                       # the log to show if a step fails
declare -A PID NODE TICKET PEER # by node name: a, b, c
STEP=0

clean_up() {
    local code=$? name
    trap - EXIT INT TERM
    stop_worker
    for name in "${!PID[@]}"; do
        kill "${PID[$name]}" 2>/dev/null || true
    done
    for name in "${!PID[@]}"; do
        for _ in {1..50}; do
            kill -0 "${PID[$name]}" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "${PID[$name]}" 2>/dev/null || true
        wait "${PID[$name]}" 2>/dev/null || true
    done
    if [[ $TOUR ]]; then
        chmod -R u+w "$TOUR" 2>/dev/null || true
        rm -rf "$TOUR"
    fi
    exit "$code"
}
trap clean_up EXIT

step() {
    STEP=$((STEP + 1))
    say "" "$STEP. $*"
}

note() { say "   $*"; }

# stop WHY: ends the tour, with the end of the log of the step that failed.
stop() {
    {
        say "" "Step $STEP failed: $*"
        if [[ $LAST && -s $LAST ]]; then
            say "The end of $(basename "$LAST"):"
            tail -n 15 "$LAST" | cut -c1-200 | sed 's/^/  | /'
        fi
    } >&2
    exit 1
}

# --- reading one line of JSON with grep and sed only -------------------------

# text NAME: the first string member of that name on stdin.
text() { grep -oE "\"$1\" ?: ?\"[^\"]*\"" | sed -n '1{s/^[^:]*: *"//;s/"$//;s,\\/,/,g;p;}' || true; }

# number NAME: the first number of that name on stdin.
number() { grep -oE "\"$1\" ?: ?[0-9.]+" | sed -n '1s/.*[: ]//p' || true; }

# entries NAME: the flat objects on stdin that have a member NAME, one a line.
entries() { grep -oE "\{[^{}]*\"$1\"[^{}]*\}" || true; }

brief() { printf '%s...' "${1:0:16}"; }

human() { numfmt --to=iec-i --suffix=B "${1:-0}" 2>/dev/null || printf '%s bytes' "$1"; }

# --- nodes -------------------------------------------------------------------

# at NAME VERB...: the command in the home of node NAME, answer on stdout.
at() {
    local name=$1
    shift
    PLASMID_HOME=$TOUR/$name "$PLASMID" "$@" 2>"$TOUR/$name-command.log"
}

# start NAME [OPTION...]: runs a node and waits for its ready line.
start() {
    local name=$1 ready=$TOUR/$1.ready
    shift
    LAST=$TOUR/$name.log
    : >"$ready"
    PLASMID_HOME=$TOUR/$name "$PLASMID" run --listen 127.0.0.1:0 --http off --no-lan --json "$@" \
        >"$ready" 2>>"$LAST" </dev/null &
    PID[$name]=$!
    for _ in {1..300}; do
        grep -qE '"event" ?: ?"ready"' "$ready" && break
        kill -0 "${PID[$name]}" 2>/dev/null || stop "node ${name^^} ended instead of starting"
        sleep 0.1
    done
    NODE[$name]=$(text node <"$ready")
    PEER[$name]=$(text peer <"$ready")
    TICKET[$name]=$(text ticket <"$ready")
    [[ ${TICKET[$name]} ]] || stop "node ${name^^} was not ready within 30 seconds"
    note "node ${name^^}  ${PEER[$name]}  key $(brief "${NODE[$name]}")"
}

# halt NAME: SIGTERM, and a clean end is asked for.
halt() {
    local name=$1 code=0
    LAST=$TOUR/$name.log
    kill "${PID[$name]}"
    for _ in {1..100}; do
        kill -0 "${PID[$name]}" 2>/dev/null || break
        sleep 0.1
    done
    kill -0 "${PID[$name]}" 2>/dev/null && stop "node ${name^^} still runs 10 seconds after SIGTERM"
    wait "${PID[$name]}" || code=$?
    unset "PID[$name]"
    ((code == 0)) || stop "node ${name^^} ended with exit code $code after SIGTERM"
}
