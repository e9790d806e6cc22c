#include "internal.h"
#include <string.h>

/*
 * BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020), hash mode only, from the paper.
 *
 * Whole chunks and parents go to the lane functions; the ragged last chunk and single parents go
 * through one scalar compression. Pairing neighbours level by level and carrying an odd last node
 * upwards gives exactly the paper's tree, where every left subtree is a power of two of chunks.
 */

const uint32_t plasmid_blake3_iv[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

const uint8_t plasmid_blake3_schedule[7][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
};

static inline uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static inline void mix(uint32_t *v, int a, int b, int c, int d, uint32_t x, uint32_t y) {
    v[a] += v[b] + x;
    v[d] = rotate(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = rotate(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 7);
}

/* One compression of a block of `length` bytes; `value` is the chaining value in and out. */
static void compress(
    uint32_t value[8], const uint8_t block[BLOCK_BYTES], uint64_t counter, uint32_t length,
    uint32_t flags) {
    uint32_t m[16], v[16];
    memcpy(m, block, sizeof m);
    memcpy(v, value, 32);
    memcpy(v + 8, plasmid_blake3_iv, 16);
    v[12] = (uint32_t)counter;
    v[13] = (uint32_t)(counter >> 32);
    v[14] = length;
    v[15] = flags;
#pragma clang loop unroll(full)
    for (int round = 0; round < 7; round++) {
        const uint8_t *s = plasmid_blake3_schedule[round];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int word = 0; word < 8; word++) value[word] = v[word] ^ v[word + 8];
}

/* One chunk of at most 1,024 bytes, also an empty one. */
static void chunk_value(
    const uint8_t *input, size_t length, uint64_t counter, uint32_t flags, uint8_t *out) {
    uint32_t value[8];
    uint8_t padded[BLOCK_BYTES];
    memcpy(value, plasmid_blake3_iv, sizeof value);
    uint32_t start = CHUNK_START;
    while (length > BLOCK_BYTES) {
        compress(value, input, counter, BLOCK_BYTES, start);
        start = 0;
        input += BLOCK_BYTES;
        length -= BLOCK_BYTES;
    }
    memset(padded, 0, sizeof padded);
    if (length > 0) memcpy(padded, input, length);
    compress(value, padded, counter, (uint32_t)length, start | CHUNK_END | flags);
    memcpy(out, value, sizeof value);
}

static void parent_value(const uint8_t *children, uint32_t flags, uint8_t *out) {
    uint32_t value[8];
    memcpy(value, plasmid_blake3_iv, sizeof value);
    compress(value, children, 0, BLOCK_BYTES, PARENT | flags);
    memcpy(out, value, sizeof value);
}

static lane_function lanes_now(size_t *width) {
    switch (plasmid_kernels_level()) {
#if defined(__x86_64__)
    case PLASMID_KERNELS_AVX512: *width = 16; return plasmid_blake3_lanes_avx512;
    case PLASMID_KERNELS_AVX2: *width = 8; return plasmid_blake3_lanes_avx2;
#endif
    default: *width = 4; return plasmid_blake3_lanes_portable;
    }
}

/*
 * Runs `job` over `count` inputs that lie `stride` bytes apart, as many at once as there are
 * lanes. Spare lanes of the last run repeat an input and their output is dropped. `out` may be
 * where `input` is, as long as it lies at or before it: a run reads its inputs before it writes.
 */
static void run_lanes(
    struct lane_job *job, const uint8_t *input, size_t stride, size_t count, uint8_t *out) {
    size_t width;
    lane_function lanes = lanes_now(&width);
    uint8_t spare[LANES_MAX * VALUE_BYTES];
    while (count > 0) {
        size_t used = count < width ? count : width;
        for (size_t lane = 0; lane < width; lane++) {
            job->inputs[lane] = input + (lane < used ? lane : used - 1) * stride;
        }
        if (used == width) {
            lanes(job, out);
        } else {
            lanes(job, spare);
            memcpy(out, spare, used * VALUE_BYTES);
        }
        job->counter += used * job->counter_step;
        input += used * stride;
        out += used * VALUE_BYTES;
        count -= used;
    }
}

/* The values of all chunks of `length` > 0 bytes; returns their number. */
static size_t chunk_values(const uint8_t *input, size_t length, uint64_t counter, uint8_t *out) {
    size_t whole = length / CHUNK_BYTES;
    size_t rest = length % CHUNK_BYTES;
    struct lane_job job = {
        .blocks = CHUNK_BYTES / BLOCK_BYTES, .counter = counter, .counter_step = 1,
        .flags_first = CHUNK_START, .flags_last = CHUNK_END,
    };
    run_lanes(&job, input, CHUNK_BYTES, whole, out);
    if (rest == 0) return whole;
    chunk_value(
        input + whole * CHUNK_BYTES, rest, counter + whole, 0, out + whole * VALUE_BYTES);
    return whole + 1;
}

/* One level up, in place: pairs become parents, an odd last value is carried. */
static size_t parent_level(uint8_t *values, size_t count) {
    size_t pairs = count / 2;
    if (pairs == 1) {
        parent_value(values, 0, values);
    } else {
        struct lane_job job = {.blocks = 1, .flags = PARENT};
        run_lanes(&job, values, BLOCK_BYTES, pairs, values);
    }
    if (count % 2 == 1) {
        memmove(values + pairs * VALUE_BYTES, values + (count - 1) * VALUE_BYTES, VALUE_BYTES);
    }
    return pairs + count % 2;
}

void plasmid_blake3_fold(uint8_t *values, size_t count, int is_root, uint8_t *out) {
    while (count > 2) count = parent_level(values, count);
    if (count == 2) {
        parent_value(values, is_root ? ROOT : 0, out);
    } else {
        memcpy(out, values, VALUE_BYTES);
    }
}

/* Enough subtrees at once to fill the lanes at every level up to the subtree's top. */
enum { BATCH_CHUNKS = 256 };

size_t plasmid_blake3_subtrees(
    const uint8_t *input, size_t length, size_t subtree_chunks, uint64_t chunk_counter,
    uint8_t *out) {
    uint8_t values[BATCH_CHUNKS * VALUE_BYTES];
    size_t subtree_bytes = subtree_chunks * CHUNK_BYTES;
    size_t written = 0;
    while (length >= subtree_bytes) {
        size_t subtrees = length / subtree_bytes;
        if (subtrees > BATCH_CHUNKS / subtree_chunks) subtrees = BATCH_CHUNKS / subtree_chunks;
        size_t chunks = subtrees * subtree_chunks;
        size_t count = chunk_values(input, chunks * CHUNK_BYTES, chunk_counter, values);
        while (count > subtrees) count = parent_level(values, count);
        memcpy(out + written * VALUE_BYTES, values, subtrees * VALUE_BYTES);
        written += subtrees;
        input += chunks * CHUNK_BYTES;
        length -= chunks * CHUNK_BYTES;
        chunk_counter += chunks;
    }
    if (length > 0) {
        size_t count = chunk_values(input, length, chunk_counter, values);
        plasmid_blake3_fold(values, count, 0, out + written * VALUE_BYTES);
        written += 1;
    }
    return written;
}

/*
 * A stack of subtree values, one for each set bit of the number of batches hashed so far: the
 * paper's incremental tree, with batches of 256 chunks in place of single chunks.
 */
enum { STACK_MAX = 48 };

void plasmid_blake3_hash(const uint8_t *input, size_t length, uint8_t *out) {
    if (length <= CHUNK_BYTES) {
        chunk_value(input, length, 0, ROOT, out);
        return;
    }
    uint8_t values[BATCH_CHUNKS * VALUE_BYTES];
    uint8_t stack[STACK_MAX * VALUE_BYTES];
    const size_t batch_bytes = (size_t)BATCH_CHUNKS * CHUNK_BYTES;
    size_t depth = 0;
    uint64_t batches = 0;
    while (length > batch_bytes) {
        chunk_values(input, batch_bytes, batches * BATCH_CHUNKS, values);
        plasmid_blake3_fold(values, BATCH_CHUNKS, 0, stack + depth * VALUE_BYTES);
        depth += 1;
        batches += 1;
        for (uint64_t merged = batches; merged % 2 == 0; merged /= 2) {
            depth -= 1;
            parent_value(stack + (depth - 1) * VALUE_BYTES, 0, stack + (depth - 1) * VALUE_BYTES);
        }
        input += batch_bytes;
        length -= batch_bytes;
    }
    size_t count = chunk_values(input, length, batches * BATCH_CHUNKS, values);
    if (depth == 0) {
        plasmid_blake3_fold(values, count, 1, out);
        return;
    }
    plasmid_blake3_fold(values, count, 0, stack + depth * VALUE_BYTES);
    for (; depth > 0; depth--) {
        uint8_t *pair = stack + (depth - 1) * VALUE_BYTES;
        parent_value(pair, depth == 1 ? ROOT : 0, depth == 1 ? out : pair);
    }
}
