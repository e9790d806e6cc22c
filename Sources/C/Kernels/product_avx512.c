/*
 * Tiles of the matrix product with AVX-512: up to twelve rows by 32 outputs in 24 registers. The
 * reduced index never runs across lanes, so every output is one chain of fused multiply-adds.
 */
#if defined(__x86_64__)
#include "product_avx512.h"

/* How a tile multiplies. */
enum {
    FLOATS = 0,   /* f32 left, f32 panel */
    WIDENING = 1, /* f32 left, panel of bf16 pairs */
    DOT = 2,      /* bf16 pairs on both sides, VDPBF16PS */
    EMULATED = 3, /* the same by FMA, denormals as zero by the control register */
};

/* Stores or adds the sums of one row; lanes past the width are not touched. */
INLINE void finish(const struct tile *tile, int row, int vector, __m512 sum) {
    float *out = tile->out + (size_t)row * tile->out_stride + vector * 16;
    __mmask16 mask = lanes16(tile->width - vector * 16);
    if (!tile->is_first) sum = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, out), sum);
    _mm512_mask_storeu_ps(out, mask, sum);
}

/* One step of all chains: `rows` and `vectors` are constants where this is inlined. */
INLINE void step(
    __m512 sums[PLASMID_TILE_ROWS][2], const float *left, const __m512 w[2], const int rows,
    const int vectors) {
    for (int row = 0; row < rows; row++) {
        __m512 x = _mm512_set1_ps(left[row]);
        for (int v = 0; v < vectors; v++) sums[row][v] = _mm512_fmadd_ps(x, w[v], sums[row][v]);
    }
}

INLINE void clear(__m512 sums[PLASMID_TILE_ROWS][2], const int rows, const int vectors) {
    for (int row = 0; row < rows; row++) {
        for (int v = 0; v < vectors; v++) sums[row][v] = _mm512_setzero_ps();
    }
}

INLINE void finish_all(
    const struct tile *tile, __m512 sums[PLASMID_TILE_ROWS][2], const int rows,
    const int vectors) {
    for (int row = 0; row < rows; row++) {
        for (int v = 0; v < vectors; v++) finish(tile, row, v, sums[row][v]);
    }
}

INLINE void floats(const struct tile *tile, const int rows, const int vectors) {
    __m512 sums[PLASMID_TILE_ROWS][2], w[2];
    clear(sums, rows, vectors);
    const float *left = tile->left, *even = tile->panel;
    /* A packed panel has the odd element first, stored rows have it last. */
    size_t stride = tile->stored_stride == 0 ? PANEL_WIDTH : tile->stored_stride;
    const float *odd = even + (tile->stored_stride == 0 ? 0 : stride);
    if (tile->stored_stride == 0) even += PANEL_WIDTH;
    for (int pair = 0; pair < tile->pairs; pair++) {
        for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_ps(odd + v * 16);
        step(sums, left, w, rows, vectors);
        for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_ps(even + v * 16);
        step(sums, left + rows, w, rows, vectors);
        left += 2 * rows;
        odd += 2 * stride;
        even += 2 * stride;
    }
    finish_all(tile, sums, rows, vectors);
}

INLINE void widening(const struct tile *tile, const int rows, const int vectors) {
    __m512 sums[PLASMID_TILE_ROWS][2], w[2];
    __m512i words[2];
    clear(sums, rows, vectors);
    const float *left = tile->left;
    const uint32_t *line = tile->panel;
    for (int pair = 0; pair < tile->pairs; pair++) {
        for (int v = 0; v < vectors; v++) words[v] = _mm512_load_si512(line + v * 16);
        for (int v = 0; v < vectors; v++) w[v] = upper(words[v]);
        step(sums, left, w, rows, vectors);
        for (int v = 0; v < vectors; v++) w[v] = lower(words[v]);
        step(sums, left + rows, w, rows, vectors);
        left += 2 * rows;
        line += PANEL_WIDTH;
    }
    finish_all(tile, sums, rows, vectors);
}

INLINE void emulated(const struct tile *tile, const int rows, const int vectors) {
    __m512 sums[PLASMID_TILE_ROWS][2];
    __m512i words[2];
    clear(sums, rows, vectors);
    const uint32_t *left = tile->left, *line = tile->panel;
    for (int pair = 0; pair < tile->pairs; pair++) {
        for (int v = 0; v < vectors; v++) words[v] = _mm512_load_si512(line + v * 16);
        for (int row = 0; row < rows; row++) {
            __m512i x = _mm512_set1_epi32((int)left[row]);
            for (int v = 0; v < vectors; v++) {
                sums[row][v] = _mm512_fmadd_ps(upper(x), upper(words[v]), sums[row][v]);
                sums[row][v] = _mm512_fmadd_ps(lower(x), lower(words[v]), sums[row][v]);
            }
        }
        left += rows;
        line += PANEL_WIDTH;
    }
    finish_all(tile, sums, rows, vectors);
}

static inline __attribute__((always_inline, target(NATIVE_FEATURES))) void dot(
    const struct tile *tile, const int rows, const int vectors) {
    __m512 sums[PLASMID_TILE_ROWS][2];
    __m512bh w[2];
    clear(sums, rows, vectors);
    const uint32_t *left = tile->left, *line = tile->panel;
    for (int pair = 0; pair < tile->pairs; pair++) {
        for (int v = 0; v < vectors; v++) w[v] = (__m512bh)_mm512_load_si512(line + v * 16);
        for (int row = 0; row < rows; row++) {
            __m512bh x = (__m512bh)_mm512_set1_epi32((int)left[row]);
            for (int v = 0; v < vectors; v++) {
                sums[row][v] = _mm512_dpbf16_ps(sums[row][v], x, w[v]);
            }
        }
        left += rows;
        line += PANEL_WIDTH;
    }
    finish_all(tile, sums, rows, vectors);
}

/* One function for each shape, so that every sum has its register. */
#define SHAPE(kind, features, rows)                                                             \
    __attribute__((target(features))) static void kind##_##rows##_1(const struct tile *tile) {  \
        kind(tile, rows, 1);                                                                    \
    }                                                                                           \
    __attribute__((target(features))) static void kind##_##rows##_2(const struct tile *tile) {  \
        kind(tile, rows, 2);                                                                    \
    }
#define SHAPES(kind, features)                                                                  \
    SHAPE(kind, features, 1) SHAPE(kind, features, 2) SHAPE(kind, features, 3)                  \
    SHAPE(kind, features, 4) SHAPE(kind, features, 5) SHAPE(kind, features, 6)                  \
    SHAPE(kind, features, 7) SHAPE(kind, features, 8) SHAPE(kind, features, 9)                  \
    SHAPE(kind, features, 10) SHAPE(kind, features, 11) SHAPE(kind, features, 12)               \
    static const tile_function kind##_shapes[PLASMID_TILE_ROWS][2] = {                          \
        {kind##_1_1, kind##_1_2}, {kind##_2_1, kind##_2_2}, {kind##_3_1, kind##_3_2},           \
        {kind##_4_1, kind##_4_2}, {kind##_5_1, kind##_5_2}, {kind##_6_1, kind##_6_2},           \
        {kind##_7_1, kind##_7_2}, {kind##_8_1, kind##_8_2}, {kind##_9_1, kind##_9_2},           \
        {kind##_10_1, kind##_10_2}, {kind##_11_1, kind##_11_2}, {kind##_12_1, kind##_12_2},     \
    };                                                                                          \
    static void tile_##kind(const struct tile *tile) {                                          \
        kind##_shapes[tile->rows - 1][tile->width > 16](tile);                                  \
    }

SHAPES(floats, FEATURES)
SHAPES(widening, FEATURES)
SHAPES(emulated, FEATURES)
SHAPES(dot, NATIVE_FEATURES)

struct product_steps plasmid_product_avx512(int profile, int element, int layout) {
    static const tile_function tiles[] = {tile_floats, tile_widening, tile_dot, tile_emulated};
    int kind = element == PLASMID_BF16 ? WIDENING : FLOATS;
    if (profile == PLASMID_BF16_DOT) kind = plasmid_bf16_dot_is_native() ? DOT : EMULATED;
    const few_function *few = NULL;
    if (kind == DOT) few = plasmid_few_dot_avx512(element, layout);
    if (profile == PLASMID_PORTABLE_F32) few = plasmid_few_avx512(element, layout);
    return (struct product_steps){
        .pack = plasmid_pack_avx512(profile, element, layout),
        .tile = tiles[kind],
        .few = few,
        .few_rows = few == NULL ? 0 : FEW_ROWS,
        .reads_stored =
            kind == FLOATS && element == PLASMID_F32 && layout == PLASMID_REDUCED_ROWS,
        .flushes = profile == PLASMID_BF16_DOT,
    };
}
#endif
