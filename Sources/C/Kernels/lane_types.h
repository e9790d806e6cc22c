/*
 * Vectors of LANES f32 and what the functions over them need. A template: the including file
 * defines LANES, LANES_TARGET (a function attribute or nothing) and FUSED(x, y, z). Only
 * + - * /, integer operations and FUSED are used, lane by lane, so the width cannot matter.
 */
#include "rounding.h"

typedef float floats __attribute__((vector_size(LANES * 4)));
typedef int32_t ints __attribute__((vector_size(LANES * 4)));
typedef uint32_t words __attribute__((vector_size(LANES * 4)));
typedef uint16_t halves __attribute__((vector_size(LANES * 2)));

#define LANES_INLINE static inline __attribute__((always_inline)) LANES_TARGET

/* Minus zero, unlike plus, keeps the sign of every x, even of -0. */
LANES_INLINE floats splat(float x) { return x - (floats){0}; }

/* a where the mask is set, else b. */
LANES_INLINE floats choose(ints mask, floats a, floats b) {
    return (floats)(((ints)a & mask) | ((ints)b & ~mask));
}

LANES_INLINE floats load(const float *from) {
    floats x;
    memcpy(&x, from, sizeof x);
    return x;
}

LANES_INLINE void store(float *to, floats x) { memcpy(to, &x, sizeof x); }

/* Integers below 2^11 are exact in f32, so the conversion of denormals loses nothing. */
LANES_INLINE floats widened_f16(halves half) {
    words word = __builtin_convertvector(half, words);
    words sign = (word & 0x8000) << 16, magnitude = word & 0x7fff;
    words bits = (magnitude << 13) + (112u << 23);
    bits += (words)(magnitude >= 0x7c00) & (112u << 23);
    floats denormal = __builtin_convertvector((ints)magnitude, floats) * 0x1p-24f;
    floats x = choose((ints)(magnitude < 0x0400), denormal, (floats)bits);
    return (floats)((words)x | sign);
}

/* LANES elements from `index` of stored data at any address. */
LANES_INLINE floats load_stored(const void *data, int element, size_t index) {
    if (element == PLASMID_F32) return load((const float *)data + index);
    halves half;
    memcpy(&half, (const uint8_t *)data + index * 2, sizeof half);
    if (element == PLASMID_F16) return widened_f16(half);
    return (floats)(__builtin_convertvector(half, words) << 16);
}

/* The first `count` of LANES elements; the others are +0. */
LANES_INLINE floats load_some(const void *data, int element, size_t index, size_t count) {
    uint8_t bytes[LANES * 4] = {0};
    size_t size = element == PLASMID_F32 ? 4 : 2;
    memcpy(bytes, (const uint8_t *)data + index * size, count * size);
    return load_stored(bytes, element, 0);
}

LANES_INLINE void store_some(float *to, floats x, size_t count) { memcpy(to, &x, count * 4); }

/* The larger one, a where equal; a NaN in b never wins. */
LANES_INLINE floats larger(floats a, floats b) { return choose(b > a, b, a); }
