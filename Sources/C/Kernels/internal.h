/* What the files of this target share; nothing here is visible to Swift. */
#ifndef PLASMID_KERNELS_INTERNAL_H
#define PLASMID_KERNELS_INTERNAL_H
#include "kernels.h"

enum {
    BLOCK_BYTES = 64,
    CHUNK_BYTES = 1024,
    VALUE_BYTES = 32,
    LANES_MAX = 16,
};

/* Domain flags of the BLAKE3 compression function (paper, table 3). */
enum {
    CHUNK_START = 1,
    CHUNK_END = 2,
    PARENT = 4,
    ROOT = 8,
};

/* What a lane function hashes: the same number of whole blocks for every lane. */
struct lane_job {
    const uint8_t *inputs[LANES_MAX];
    size_t blocks;
    uint64_t counter;        /* of lane 0 */
    uint64_t counter_step;   /* 1 for chunks, 0 for parents */
    uint32_t flags;          /* for every block */
    uint32_t flags_first;    /* added for the first block */
    uint32_t flags_last;     /* added for the last block */
};

/* Writes 32 bytes for each lane. */
typedef void (*lane_function)(const struct lane_job *job, uint8_t *out);

void plasmid_blake3_lanes_portable(const struct lane_job *job, uint8_t *out);
void plasmid_blake3_lanes_avx2(const struct lane_job *job, uint8_t *out);
void plasmid_blake3_lanes_avx512(const struct lane_job *job, uint8_t *out);

/*
 * Asks for the block 32 KiB ahead of what a lane reads. Lanes are a KiB apart, more streams than
 * the hardware follows: measured on a Zen 4 core, this took AVX-512 from 3.5 to 5.8 GB/s out of
 * memory. The address may lie past the input; a prefetch never faults.
 */
static inline __attribute__((always_inline)) void prefetch_ahead(const uint8_t *input) {
    __builtin_prefetch((const void *)((uintptr_t)input + 32768), 0, 2);
}

/* The initial value, equal to SHA-256's (paper, table 1). */
extern const uint32_t plasmid_blake3_iv[8];

/* Message word order of each of the seven rounds. */
extern const uint8_t plasmid_blake3_schedule[7][16];

#endif
