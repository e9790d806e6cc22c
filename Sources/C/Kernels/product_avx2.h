/* Pieces that the AVX2 files of the matrix product share. */
#ifndef PLASMID_KERNELS_PRODUCT_AVX2_H
#define PLASMID_KERNELS_PRODUCT_AVX2_H
#include "product.h"
#include <immintrin.h>

#define FEATURES "avx2,fma,f16c"
#define TARGET __attribute__((target(FEATURES)))
#define INLINE static inline __attribute__((always_inline, target(FEATURES)))

INLINE __m256 load8(const uint8_t *from, int element) {
    if (element == PLASMID_F32) return _mm256_loadu_ps((const float *)from);
    __m128i halves = _mm_loadu_si128((const __m128i *)from);
    if (element == PLASMID_F16) return _mm256_cvtph_ps(halves);
    return (__m256)_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16);
}

/* Reads `count` elements and not a byte more; the other lanes are +0. */
INLINE __m256 load_some(const uint8_t *from, int element, int count) {
    if (count >= 8) return load8(from, element);
    uint8_t bytes[32] = {0};
    if (count > 0) memcpy(bytes, from, (size_t)count * element_bytes(element));
    return load8(bytes, element);
}

/* bf16_of in eight lanes, widened again. */
INLINE __m256 rounded(__m256 x) {
    __m256i bits = (__m256i)x;
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i up = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    __m256i is_nan = (__m256i)_mm256_cmp_ps(x, x, _CMP_UNORD_Q);
    __m256i chosen = _mm256_blendv_epi8(up, quiet, is_nan);
    return (__m256)_mm256_and_si256(chosen, _mm256_set1_epi32((int)0xffff0000));
}

/* Products of 1...FEW_ROWS rows, for each number of rows. */
enum { FEW_ROWS = 4 };
typedef void (*few_function)(const struct product *product);
const few_function *plasmid_few_avx2(int profile, int element, int layout);

#endif
