#define _GNU_SOURCE
#include "team.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    CACHE_LINE = 64,
    /* Looks at the phase before the processor is offered to others: about 20 microseconds. */
    SPINS_BEFORE_YIELD = 2000,
    /* Yields before a thread sleeps: some hundred microseconds on an idle machine. */
    YIELDS_BEFORE_SLEEP = 200,
};

/*
 * `ticket` is the phase number (high half) and the next free chunk (low half): a thread that wakes
 * late can take a chunk only of the phase it has read, because the exchange fails on any other.
 */
struct plasmid_team {
    _Alignas(CACHE_LINE) _Atomic uint64_t ticket;
    _Alignas(CACHE_LINE) _Atomic int32_t done;
    _Alignas(CACHE_LINE) _Atomic uint32_t phase;
    _Atomic int32_t sleepers;
    _Atomic int32_t is_ending;
    _Alignas(CACHE_LINE) _Atomic int32_t chunks;
    _Atomic(plasmid_team_body) body;
    _Atomic(void *) context;
    int32_t lanes;
    struct member {
        struct plasmid_team *team;
        int32_t lane;
        pthread_t thread;
    } *members;
};

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* Takes chunks of phase `phase` until there are none. */
static void work(struct plasmid_team *team, uint32_t phase, int32_t lane) {
    for (;;) {
        uint64_t ticket = atomic_load_explicit(&team->ticket, memory_order_acquire);
        if ((uint32_t)(ticket >> 32) != phase) return;
        int32_t chunk = (int32_t)(uint32_t)ticket;
        /* Read before the exchange: if it succeeds, they belong to this phase. */
        int32_t chunks = atomic_load_explicit(&team->chunks, memory_order_acquire);
        plasmid_team_body body = atomic_load_explicit(&team->body, memory_order_acquire);
        void *context = atomic_load_explicit(&team->context, memory_order_acquire);
        if (chunk >= chunks) return;
        if (!atomic_compare_exchange_weak_explicit(
                &team->ticket, &ticket, ticket + 1, memory_order_acq_rel, memory_order_acquire)) {
            continue;
        }
        body(context, lane, chunk);
        atomic_fetch_add_explicit(&team->done, 1, memory_order_acq_rel);
    }
}

/* Waits for another phase than `seen`; returns it. */
static uint32_t next_phase(struct plasmid_team *team, uint32_t seen) {
    for (int spins = 0; spins < SPINS_BEFORE_YIELD + YIELDS_BEFORE_SLEEP; spins++) {
        uint32_t phase = atomic_load_explicit(&team->phase, memory_order_acquire);
        if (phase != seen) return phase;
        if (spins < SPINS_BEFORE_YIELD) {
            relax();
        } else {
            sched_yield();
        }
    }
    atomic_fetch_add(&team->sleepers, 1);
    uint32_t phase = atomic_load(&team->phase);
    while (phase == seen) {
        syscall(SYS_futex, &team->phase, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
        phase = atomic_load(&team->phase);
    }
    atomic_fetch_sub(&team->sleepers, 1);
    return phase;
}

static void *member_main(void *argument) {
    struct member *member = argument;
    struct plasmid_team *team = member->team;
    uint32_t phase = 0;
    for (;;) {
        phase = next_phase(team, phase);
        if (atomic_load_explicit(&team->is_ending, memory_order_acquire)) return NULL;
        work(team, phase, member->lane);
    }
}

static void announce(struct plasmid_team *team) {
    atomic_fetch_add(&team->phase, 1);
    if (atomic_load(&team->sleepers) > 0) {
        syscall(SYS_futex, &team->phase, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    }
}

struct plasmid_team *plasmid_team_create(int32_t lanes) {
    struct plasmid_team *team = aligned_alloc(CACHE_LINE, sizeof *team);
    if (team == NULL) return NULL;
    *team = (struct plasmid_team){.lanes = 1};
    team->members = calloc((size_t)lanes, sizeof *team->members);
    if (team->members == NULL) {
        free(team);
        return NULL;
    }
    for (int32_t lane = 1; lane < lanes; lane++) {
        struct member *member = &team->members[lane];
        *member = (struct member){.team = team, .lane = lane};
        int code = pthread_create(&member->thread, NULL, member_main, member);
        if (code != 0) {
            plasmid_team_destroy(team);
            errno = code;
            return NULL;
        }
        team->lanes = lane + 1;
    }
    return team;
}

void plasmid_team_run(
    struct plasmid_team *team, int32_t chunks, plasmid_team_body body, void *context) {
    if (team->lanes == 1 || chunks == 1) {
        for (int32_t chunk = 0; chunk < chunks; chunk++) body(context, 0, chunk);
        return;
    }
    if (chunks <= 0) return;
    uint32_t phase = atomic_load_explicit(&team->phase, memory_order_relaxed) + 1;
    /* No chunk of the phase can be taken before the ticket names it; it is written last. */
    atomic_store_explicit(&team->done, 0, memory_order_relaxed);
    atomic_store_explicit(&team->ticket, (uint64_t)phase << 32 | INT32_MAX, memory_order_release);
    atomic_store_explicit(&team->chunks, chunks, memory_order_release);
    atomic_store_explicit(&team->body, body, memory_order_release);
    atomic_store_explicit(&team->context, context, memory_order_release);
    atomic_store_explicit(&team->ticket, (uint64_t)phase << 32, memory_order_release);
    announce(team);
    work(team, phase, 0);
    int spins = 0;
    while (atomic_load_explicit(&team->done, memory_order_acquire) < chunks) {
        if (++spins < SPINS_BEFORE_YIELD) {
            relax();
        } else {
            sched_yield();
        }
    }
}

void plasmid_team_destroy(struct plasmid_team *team) {
    atomic_store_explicit(&team->is_ending, 1, memory_order_release);
    announce(team);
    for (int32_t lane = 1; lane < team->lanes; lane++) {
        pthread_join(team->members[lane].thread, NULL);
    }
    free(team->members);
    free(team);
}
