/*
 * Panels for AVX-512: [step][PANEL_WIDTH] f32 in chain order, or [pair][PANEL_WIDTH] words of two
 * bf16. Every load is masked at the ends of rows: a stored matrix may end where its page does.
 */
#if defined(__x86_64__)
#include "product_avx512.h"

/* Stored rows are outputs: sixteen of them are transposed, 32 bf16 of each at a time. */
INLINE void pairs_by_output(const struct panel *panel, uint32_t *to, int element) {
    size_t size = element_bytes(element), stride = panel->right->stride * size;
    for (int lane = 0; lane < panel->width; lane += 16) {
        const uint8_t *rows = (const uint8_t *)panel->right->data
            + (panel->output + (size_t)lane) * stride + panel->start * size;
        for (int k = 0; k < panel->length; k += 32) {
            __mmask32 mask = lanes32(panel->length - k);
            __m512i r[16];
            for (int row = 0; row < 16; row++) {
                const uint8_t *from = rows + (size_t)row * stride + (size_t)k * size;
                __mmask32 here = lane + row < panel->width ? mask : 0;
                r[row] = halves32(from, element, here);
            }
            transpose16(r);
            uint32_t *line = to + (size_t)k / 2 * PANEL_WIDTH + lane;
            for (int pair = 0; pair < 16; pair++) {
                _mm512_store_si512(line + pair * PANEL_WIDTH, r[pair]);
            }
        }
    }
}

/* Stored rows are outputs, the panel is f32: 16 elements of sixteen rows at a time. */
INLINE void floats_by_output(const struct panel *panel, float *to, int element) {
    size_t size = element_bytes(element), stride = panel->right->stride * size;
    for (int lane = 0; lane < panel->width; lane += 16) {
        const uint8_t *rows = (const uint8_t *)panel->right->data
            + (panel->output + (size_t)lane) * stride + panel->start * size;
        for (int k = 0; k < panel->length; k += 16) {
            __mmask16 mask = lanes16(panel->length - k);
            __m512i r[16];
            for (int row = 0; row < 16; row++) {
                const uint8_t *from = rows + (size_t)row * stride + (size_t)k * size;
                __mmask16 here = lane + row < panel->width ? mask : 0;
                r[row] = (__m512i)widened(from, element, here);
            }
            transpose16(r);
            float *line = to + (size_t)k * PANEL_WIDTH + lane;
            for (int step = 0; step < 16; step++) {
                _mm512_store_ps(line + step * PANEL_WIDTH, (__m512)r[step ^ 1]);
            }
        }
    }
}

/* Stored rows are reduced elements: two neighbours are interleaved to words. */
INLINE void pairs_by_reduced(const struct panel *panel, uint32_t *to, int element) {
    size_t size = element_bytes(element), stride = panel->right->stride * size;
    const uint8_t *row = (const uint8_t *)panel->right->data + panel->start * stride
        + panel->output * size;
    __mmask32 mask = lanes32(panel->width);
    for (int k = 0; k < panel->length; k += 2, row += 2 * stride, to += PANEL_WIDTH) {
        __mmask32 odd_mask = k + 1 < panel->length ? mask : 0;
        for (int lane = 0; lane < PANEL_WIDTH; lane += 16) {
            const uint8_t *even = row + (size_t)lane * size, *odd = even + stride;
            __m512i low = rounded(widened(even, element, (__mmask16)(mask >> lane)));
            __m512i high = rounded(widened(odd, element, (__mmask16)(odd_mask >> lane)));
            _mm512_store_si512(to + lane, _mm512_or_si512(high, _mm512_srli_epi32(low, 16)));
        }
    }
}

/* As above for stored bf16, which are only moved: no rounding, denormals and NaN as they are. */
TARGET static void pairs_reduced_bf16(const struct panel *panel, void *words) {
    size_t stride = panel->right->stride * 2;
    const uint8_t *row = (const uint8_t *)panel->right->data + panel->start * stride
        + panel->output * 2;
    uint32_t *to = words;
    __mmask32 mask = lanes32(panel->width);
    __m512i lower, upper;
    uint16_t order[64];
    for (int lane = 0; lane < 32; lane++) {
        order[2 * lane] = (uint16_t)lane;
        order[2 * lane + 1] = (uint16_t)(lane + 32);
    }
    lower = _mm512_loadu_si512(order);
    upper = _mm512_loadu_si512(order + 32);
    for (int k = 0; k < panel->length; k += 2, row += 2 * stride, to += PANEL_WIDTH) {
        __mmask32 odd_mask = k + 1 < panel->length ? mask : 0;
        __m512i even = _mm512_maskz_loadu_epi16(mask, row);
        __m512i odd = _mm512_maskz_loadu_epi16(odd_mask, row + stride);
        _mm512_store_si512(to, _mm512_permutex2var_epi16(even, lower, odd));
        _mm512_store_si512(to + 16, _mm512_permutex2var_epi16(even, upper, odd));
    }
}

INLINE void floats_by_reduced(const struct panel *panel, float *to, int element) {
    size_t size = element_bytes(element), stride = panel->right->stride * size;
    const uint8_t *row = (const uint8_t *)panel->right->data + panel->start * stride
        + panel->output * size;
    __mmask32 mask = lanes32(panel->width);
    for (int k = 0; k < panel->length; k += 2, row += 2 * stride, to += 2 * PANEL_WIDTH) {
        __mmask32 odd_mask = k + 1 < panel->length ? mask : 0;
        for (int lane = 0; lane < PANEL_WIDTH; lane += 16) {
            const uint8_t *even = row + (size_t)lane * size, *odd = even + stride;
            _mm512_store_ps(to + lane, widened(odd, element, (__mmask16)(odd_mask >> lane)));
            _mm512_store_ps(
                to + PANEL_WIDTH + lane, widened(even, element, (__mmask16)(mask >> lane)));
        }
    }
}

#define PACK(name, body, element) \
    TARGET static void name(const struct panel *panel, void *to) { body(panel, to, element); }
PACK(pairs_outputs_f32, pairs_by_output, PLASMID_F32)
PACK(pairs_outputs_bf16, pairs_by_output, PLASMID_BF16)
PACK(pairs_outputs_f16, pairs_by_output, PLASMID_F16)
PACK(pairs_reduced_f32, pairs_by_reduced, PLASMID_F32)
PACK(pairs_reduced_f16, pairs_by_reduced, PLASMID_F16)
PACK(floats_outputs_f32, floats_by_output, PLASMID_F32)
PACK(floats_outputs_f16, floats_by_output, PLASMID_F16)
PACK(floats_reduced_f32, floats_by_reduced, PLASMID_F32)
PACK(floats_reduced_f16, floats_by_reduced, PLASMID_F16)

pack_function plasmid_pack_avx512(int profile, int element, int layout) {
    static const pack_function pairs[2][3] = {
        {pairs_outputs_f32, pairs_outputs_bf16, pairs_outputs_f16},
        {pairs_reduced_f32, pairs_reduced_bf16, pairs_reduced_f16},
    };
    static const pack_function floats[2][3] = {
        {floats_outputs_f32, pairs_outputs_bf16, floats_outputs_f16},
        {floats_reduced_f32, pairs_reduced_bf16, floats_reduced_f16},
    };
    return profile == PLASMID_BF16_DOT ? pairs[layout][element] : floats[layout][element];
}
#endif
