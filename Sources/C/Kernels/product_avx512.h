/* Pieces that the AVX-512 files of the matrix product share. */
#ifndef PLASMID_KERNELS_PRODUCT_AVX512_H
#define PLASMID_KERNELS_PRODUCT_AVX512_H
#include "product.h"
#include <immintrin.h>

#define FEATURES "avx512f,avx512vl,avx512bw,avx512dq,fma,f16c"
#define TARGET __attribute__((target(FEATURES)))
#define INLINE static inline __attribute__((always_inline, target(FEATURES)))
#define NATIVE_FEATURES FEATURES ",avx512bf16"

/*
 * What a panel holds: f32 in chain order, or words of two bf16 (even element in the low half) as
 * they lie in memory, which need half the space and are widened where they are used.
 */
enum { PANEL_F32 = 0, PANEL_PAIRS = 1 };

/* The lowest `count` lanes; none for a negative count. */
INLINE __mmask16 lanes16(int count) {
    return count >= 16 ? 0xffff : count <= 0 ? 0 : (__mmask16)((1u << count) - 1);
}

INLINE __mmask32 lanes32(int count) {
    return count >= 32 ? 0xffffffff : count <= 0 ? 0 : (__mmask32)((1u << count) - 1);
}

/* Sixteen elements widened, of which only those of the mask are read; the others are +0. */
INLINE __m512 widened(const void *from, int element, __mmask16 mask) {
    if (element == PLASMID_F32) return _mm512_maskz_loadu_ps(mask, from);
    __m256i halves = _mm256_maskz_loadu_epi16(mask, from);
    if (element == PLASMID_F16) return _mm512_cvtph_ps(halves);
    return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
}

/* bf16_of in sixteen lanes; the result stands in the upper half of each lane. */
INLINE __m512i rounded(__m512 x) {
    __m512i bits = (__m512i)x;
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i up = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    __mmask16 is_nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    up = _mm512_mask_or_epi32(up, is_nan, bits, _mm512_set1_epi32(0x400000));
    return _mm512_and_si512(up, _mm512_set1_epi32((int)0xffff0000));
}

/* 32 stored elements as bf16, of which only those of the mask are read; the others are +0. */
INLINE __m512i halves32(const uint8_t *from, int element, __mmask32 mask) {
    if (element == PLASMID_BF16) return _mm512_maskz_loadu_epi16(mask, from);
    __m512i low = rounded(widened(from, element, (__mmask16)mask));
    const uint8_t *next = from + 16 * element_bytes(element);
    __m512i high = rounded(widened(next, element, (__mmask16)(mask >> 16)));
    __m256i low16 = _mm512_cvtepi32_epi16(_mm512_srli_epi32(low, 16));
    __m256i high16 = _mm512_cvtepi32_epi16(_mm512_srli_epi32(high, 16));
    return _mm512_inserti64x4(_mm512_castsi256_si512(low16), high16, 1);
}

/* Sixteen rows of sixteen words become sixteen columns. */
INLINE void transpose16(__m512i r[16]) {
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
        t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
        t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
        t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
        r[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd);
        r[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
        r[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xdd);
    }
}

/* The f32 in the upper and in the lower half of words of two bf16. */
INLINE __m512 upper(__m512i words) {
    return (__m512)_mm512_and_si512(words, _mm512_set1_epi32((int)0xffff0000));
}

INLINE __m512 lower(__m512i words) { return (__m512)_mm512_slli_epi32(words, 16); }

pack_function plasmid_pack_avx512(int profile, int element, int layout);

/* Products of 1...FEW_ROWS rows, for each number of rows; with f32, or with VDPBF16PS. */
enum { FEW_ROWS = 4 };
typedef void (*few_function)(const struct product *product);
const few_function *plasmid_few_avx512(int element, int layout);
const few_function *plasmid_few_dot_avx512(int element, int layout);

#endif
