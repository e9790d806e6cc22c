#ifndef PLASMID_KERNELS_H
#define PLASMID_KERNELS_H
/*
 * Leaf functions that need SIMD: BLAKE3 (the tree hash of every blob) and SHA-256.
 *
 * Nothing here allocates, keeps state between calls or knows a format above the hash. The
 * instruction set is chosen once, at the first call, and can be overridden by the environment
 * variable PLASMID_KERNELS (portable, avx2, avx512) or, in tests, by plasmid_kernels_force.
 */
#include <stddef.h>
#include <stdint.h>

/* Instruction sets in ascending order; the numbers are part of the interface. */
enum plasmid_kernels_level {
    PLASMID_KERNELS_PORTABLE = 0,
    PLASMID_KERNELS_AVX2 = 1,
    PLASMID_KERNELS_AVX512 = 2,
};

/* The level in use. */
int plasmid_kernels_level(void);

/* The highest level that this CPU can run. */
int plasmid_kernels_best(void);

/* Uses `level` from now on; returns 0 and changes nothing if the CPU lacks it. For tests. */
int plasmid_kernels_force(int level);

/* BLAKE3-256 of `length` bytes, 32 bytes at `out`. */
void plasmid_blake3_hash(const uint8_t *input, size_t length, uint8_t *out);

/*
 * The chaining values of consecutive subtrees of `subtree_chunks` chunks of 1,024 bytes (a power
 * of two of at most 64); the last subtree may be shorter but not empty. The first byte of `input`
 * is the first byte of chunk `chunk_counter`. None of them is the root of its tree. Writes 32
 * bytes for each subtree and returns their number.
 */
size_t plasmid_blake3_subtrees(
    const uint8_t *input, size_t length, size_t subtree_chunks, uint64_t chunk_counter,
    uint8_t *out);

/*
 * The value of the node above `count` >= 1 values in tree order, paired level by level. With
 * `is_root` the last parent is finalised as the root (count >= 2). May write over `values`.
 */
void plasmid_blake3_fold(uint8_t *values, size_t count, int is_root, uint8_t *out);

/* Whether the CPU has the SHA extensions (SHA-NI) and they are not overridden by `portable`. */
int plasmid_sha256_is_accelerated(void);

/* Advances a SHA-256 state by `blocks` blocks of 64 bytes. Needs the SHA extensions. */
void plasmid_sha256_blocks(uint32_t state[8], const uint8_t *input, size_t blocks);

#endif
