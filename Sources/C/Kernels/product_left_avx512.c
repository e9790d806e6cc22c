/*
 * Left operands for AVX-512: 32 elements of each row of a tile at once, turned so that the rows of
 * a pair stand side by side. Element by element this took an eighth of a long prompt's time.
 */
#if defined(__x86_64__)
#include "product_avx512.h"

/* Words of two bf16, [pair][row]. */
TARGET static size_t left_pairs(
    const float *source, size_t stride, size_t rows, size_t reduced, void *to) {
    __mmask16 mask = lanes16((int)rows);
    size_t k = 0;
    for (; k + 32 <= reduced; k += 32) {
        __m512i r[16];
        for (size_t row = 0; row < 16; row++) {
            const float *from = source + (row < rows ? row : 0) * stride + k;
            r[row] = halves32((const uint8_t *)from, PLASMID_F32, 0xffffffff);
        }
        transpose16(r);
        uint32_t *pair = (uint32_t *)to + k / 2 * rows;
        for (int step = 0; step < 16; step++, pair += rows) {
            _mm512_mask_storeu_epi32(pair, mask, r[step]);
        }
    }
    return k;
}

/* f32, [pair][odd, even][row]. */
TARGET static size_t left_floats(
    const float *source, size_t stride, size_t rows, size_t reduced, void *to) {
    __mmask16 mask = lanes16((int)rows);
    size_t k = 0;
    for (; k + 16 <= reduced; k += 16) {
        __m512i r[16];
        for (size_t row = 0; row < 16; row++) {
            r[row] = _mm512_loadu_si512(source + (row < rows ? row : 0) * stride + k);
        }
        transpose16(r);
        float *place = (float *)to + k * rows;
        for (int step = 0; step < 16; step++, place += rows) {
            _mm512_mask_storeu_ps(place, mask, (__m512)r[step ^ 1]);
        }
    }
    return k;
}

size_t plasmid_left_tile_avx512(
    int profile, const float *source, size_t stride, size_t rows, size_t reduced, void *to) {
    if (profile == PLASMID_BF16_DOT) return left_pairs(source, stride, rows, reduced, to);
    return left_floats(source, stride, rows, reduced, to);
}
#endif
