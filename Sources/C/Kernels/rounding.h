/*
 * Conversions and the fused multiply-add of one lane, exact on every CPU. Every file of the
 * numeric kernels includes this first: it also forbids the compiler to fuse a product and a sum
 * of its own accord.
 */
#ifndef PLASMID_KERNELS_ROUNDING_H
#define PLASMID_KERNELS_ROUNDING_H
#include "learn_kernels.h"
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return bits;
}

ALWAYS_INLINE float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

ALWAYS_INLINE uint64_t bits_of64(double x) {
    uint64_t bits;
    memcpy(&bits, &x, 8);
    return bits;
}

ALWAYS_INLINE double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, 8);
    return x;
}

/* To nearest, ties to even; a NaN stays one (its quiet bit is set), denormals stay. */
ALWAYS_INLINE uint16_t bf16_of(float x) {
    uint32_t bits = bits_of(x);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

ALWAYS_INLINE float from_bf16(uint16_t half) { return float_of((uint32_t)half << 16); }

/* Every f16 is an f32, so this is exact; denormals through the conversion of their integer. */
ALWAYS_INLINE float from_f16(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = half & 0x7fff;
    uint32_t bits = (magnitude << 13) + (112u << 23);
    if (magnitude >= 0x7c00) bits += 112u << 23;
    if (magnitude < 0x0400) bits = bits_of((float)(int32_t)magnitude * 0x1p-24f);
    return float_of(sign | bits);
}

/* Element `index` of stored data at any address. */
ALWAYS_INLINE float stored(const void *data, int element, size_t index) {
    const uint8_t *bytes = data;
    if (element == PLASMID_F32) {
        float x;
        memcpy(&x, bytes + index * 4, 4);
        return x;
    }
    uint16_t half;
    memcpy(&half, bytes + index * 2, 2);
    return element == PLASMID_BF16 ? from_bf16(half) : from_f16(half);
}

/*
 * x * y + z rounded once. Where the compiler has no such instruction: the product is exact in
 * f64, the sum is rounded to odd there (inexact results get an odd last bit), and 53 bits rounded
 * to odd round to 24 bits as the exact sum would. Branch-free, so that the compiler can use lanes.
 */
ALWAYS_INLINE float fused(float x, float y, float z) {
#if defined(__aarch64__) || defined(__FMA__)
    return __builtin_fmaf(x, y, z);
#else
    double product = (double)x * (double)y, term = (double)z;
    double sum = product + term;
    double part = sum - product;
    double error = (product - (sum - part)) + (term - part);
    uint64_t bits = bits_of64(sum);
    /* Away from zero if the error has the sign of the sum, else towards it. */
    uint64_t opposite = (bits_of64(error) ^ bits) >> 63;
    uint64_t step = 1 - 2 * opposite;
    /* An infinite sum leaves no error: both comparisons with NaN are false. */
    uint64_t is_inexact = -(uint64_t)((error < 0) | (error > 0));
    bits += step & is_inexact & (-(~bits & 1));
    return (float)double_of(bits);
#endif
}

ALWAYS_INLINE float flushed(float x) {
    uint32_t bits = bits_of(x);
    return float_of((bits & 0x7f800000) == 0 ? bits & 0x80000000 : bits);
}

/*
 * fused() with denormal results as zero, as VDPBF16PS and the control register's flush do it.
 * Whether a result is denormal is decided on the sum rounded to 24 bits with unbounded exponent:
 * just below the smallest normal, rounding to denormal steps may reach it where rounding to 24
 * bits does not. Only a result of exactly that size is in doubt; then everything is 2^64 larger.
 */
ALWAYS_INLINE float fused_flushing(float x, float y, float z) {
    const float smallest = 0x1p-126f;
    float sum = fused(x, y, z), magnitude = float_of(bits_of(sum) & 0x7fffffff);
    if (magnitude > smallest) return sum;
    if (magnitude == smallest) {
        float larger = fused(x * 0x1p64f, y, z * 0x1p64f);
        if (float_of(bits_of(larger) & 0x7fffffff) >= 0x1p-62f) return sum;
    }
    /* A NaN is neither; anything else is too small. */
    return magnitude <= smallest ? float_of(bits_of(sum) & 0x80000000) : sum;
}

#endif
