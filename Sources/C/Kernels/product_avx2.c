/*
 * The product with AVX2, FMA and F16C. Panels are f32 in chain order, in halves of 16 outputs:
 * [half][step][16]. A tile is worked off in parts of at most six rows by 16 outputs, which is
 * what fits into sixteen registers.
 */
#if defined(__x86_64__)
#include "product_avx2.h"

enum { HALF = 16, PART_ROWS = 6 };

INLINE void transpose8(__m256 r[8]) {
    __m256 t[8];
    for (int pair = 0; pair < 8; pair += 2) {
        t[pair] = _mm256_unpacklo_ps(r[pair], r[pair + 1]);
        t[pair + 1] = _mm256_unpackhi_ps(r[pair], r[pair + 1]);
    }
    for (int quad = 0; quad < 8; quad += 4) {
        r[quad + 0] = _mm256_shuffle_ps(t[quad], t[quad + 2], 0x44);
        r[quad + 1] = _mm256_shuffle_ps(t[quad], t[quad + 2], 0xee);
        r[quad + 2] = _mm256_shuffle_ps(t[quad + 1], t[quad + 3], 0x44);
        r[quad + 3] = _mm256_shuffle_ps(t[quad + 1], t[quad + 3], 0xee);
    }
    for (int lane = 0; lane < 4; lane++) {
        t[lane] = _mm256_permute2f128_ps(r[lane], r[lane + 4], 0x20);
        t[lane + 4] = _mm256_permute2f128_ps(r[lane], r[lane + 4], 0x31);
    }
    for (int lane = 0; lane < 8; lane++) r[lane] = t[lane];
}

/* Eight stored rows, transposed eight elements at a time. */
INLINE void pack_by_output(const struct panel *panel, float *to, int element) {
    const struct plasmid_right *right = panel->right;
    size_t size = element_bytes(element), steps = (size_t)(panel->length + 1) / 2 * 2;
    size_t stride = right->stride * size;
    int is_bf16 = panel->profile == PLASMID_BF16_DOT;
    int width = (panel->width + HALF - 1) / HALF * HALF;
    for (int lane = 0; lane < width; lane += 8) {
        const uint8_t *rows = (const uint8_t *)right->data
            + ((panel->output + (size_t)lane) * right->stride + panel->start) * size;
        float *column = to + (size_t)(lane / HALF) * steps * HALF + lane % HALF;
        for (int k = 0; k < panel->length; k += 8) {
            int count = panel->length - k < 8 ? panel->length - k : 8;
            __m256 r[8];
            for (int row = 0; row < 8; row++) {
                const uint8_t *from = rows + ((size_t)row * right->stride + (size_t)k) * size;
                r[row] = load_some(from, element, lane + row < panel->width ? count : 0);
                /* The same place of the next panel. */
                __builtin_prefetch((const void *)((uintptr_t)from + PANEL_WIDTH * stride), 0, 2);
                if (is_bf16) r[row] = rounded(r[row]);
            }
            transpose8(r);
            for (int step = 0; step < 8 && k + step < (int)steps; step++) {
                _mm256_store_ps(column + (size_t)(k + step) * HALF, r[step ^ 1]);
            }
        }
    }
}

/* Stored rows hold the outputs side by side already. */
INLINE void pack_by_reduced(const struct panel *panel, float *to, int element) {
    const struct plasmid_right *right = panel->right;
    size_t size = element_bytes(element), steps = (size_t)(panel->length + 1) / 2 * 2;
    int is_bf16 = panel->profile == PLASMID_BF16_DOT;
    int width = (panel->width + HALF - 1) / HALF * HALF;
    for (size_t step = 0; step < steps; step++) {
        size_t k = step ^ 1;
        const uint8_t *row = (const uint8_t *)right->data
            + ((panel->start + k) * right->stride + panel->output) * size;
        /* Rows lie on pages of their own, which hardware does not foresee. */
        uintptr_t ahead = (uintptr_t)row + 32 * right->stride * size;
        __builtin_prefetch((const void *)ahead, 0, 2);
        __builtin_prefetch((const void *)(ahead + 64), 0, 2);
        for (int lane = 0; lane < width; lane += 8) {
            int count = k < (size_t)panel->length ? panel->width - lane : 0;
            __m256 x = load_some(row + (size_t)lane * size, element, count);
            if (is_bf16) x = rounded(x);
            float *line = to + ((size_t)(lane / HALF) * steps + step) * HALF;
            _mm256_store_ps(line + lane % HALF, x);
        }
    }
}

#define PACK(name, body, element) \
    TARGET static void name(const struct panel *panel, void *to) { body(panel, to, element); }
PACK(pack_outputs_f32, pack_by_output, PLASMID_F32)
PACK(pack_outputs_bf16, pack_by_output, PLASMID_BF16)
PACK(pack_outputs_f16, pack_by_output, PLASMID_F16)
PACK(pack_reduced_f32, pack_by_reduced, PLASMID_F32)
PACK(pack_reduced_bf16, pack_by_reduced, PLASMID_BF16)
PACK(pack_reduced_f16, pack_by_reduced, PLASMID_F16)

/* Stores or adds the sums of one row, `width` of 16. */
INLINE void finish(const struct tile *tile, float *out, __m256 low, __m256 high, int width) {
    if (width >= HALF) {
        if (!tile->is_first) {
            low = _mm256_add_ps(_mm256_loadu_ps(out), low);
            high = _mm256_add_ps(_mm256_loadu_ps(out + 8), high);
        }
        _mm256_storeu_ps(out, low);
        _mm256_storeu_ps(out + 8, high);
        return;
    }
    float lanes[HALF] = {0};
    if (!tile->is_first) {
        memcpy(lanes, out, (size_t)width * 4);
        low = _mm256_add_ps(_mm256_loadu_ps(lanes), low);
        high = _mm256_add_ps(_mm256_loadu_ps(lanes + 8), high);
    }
    _mm256_storeu_ps(lanes, low);
    _mm256_storeu_ps(lanes + 8, high);
    memcpy(out, lanes, (size_t)width * 4);
}

/* `rows` is a constant where this is inlined, so the sums live in registers. */
INLINE void part(
    const struct tile *tile, const float *left, int row, int half, const int rows) {
    __m256 low[PART_ROWS], high[PART_ROWS];
    for (int r = 0; r < rows; r++) low[r] = high[r] = _mm256_setzero_ps();
    const float *line = (const float *)tile->panel + (size_t)(half * tile->pairs * 2 * HALF);
    size_t stride = (size_t)tile->rows;
    left += row;
    for (int step = 0; step < 2 * tile->pairs; step++) {
        __m256 w0 = _mm256_load_ps(line), w1 = _mm256_load_ps(line + 8);
        for (int r = 0; r < rows; r++) {
            __m256 x = _mm256_broadcast_ss(left + r);
            low[r] = _mm256_fmadd_ps(x, w0, low[r]);
            high[r] = _mm256_fmadd_ps(x, w1, high[r]);
        }
        left += stride;
        line += HALF;
    }
    for (int r = 0; r < rows; r++) {
        float *out = tile->out + (size_t)(row + r) * tile->out_stride + half * HALF;
        finish(tile, out, low[r], high[r], tile->width - half * HALF);
    }
}

INLINE void parts(const struct tile *tile, const float *left) {
    int count = (tile->rows + PART_ROWS - 1) / PART_ROWS;
    for (int half = 0; half * HALF < tile->width; half++) {
        for (int index = 0; index < count; index++) {
            int row = index * tile->rows / count, end = (index + 1) * tile->rows / count;
            switch (end - row) {
            case 1: part(tile, left, row, half, 1); break;
            case 2: part(tile, left, row, half, 2); break;
            case 3: part(tile, left, row, half, 3); break;
            case 4: part(tile, left, row, half, 4); break;
            case 5: part(tile, left, row, half, 5); break;
            default: part(tile, left, row, half, 6); break;
            }
        }
    }
}

TARGET static void tile_f32(const struct tile *tile) { parts(tile, tile->left); }

/*
 * Words of two bf16 are split to f32 for the whole tile first: a twelfth of its work, where taking
 * them apart beside the multiply-adds cost as much as these (46 of 118 GFLOP/s).
 */
TARGET static void tile_bf16(const struct tile *tile) {
    float left[SUM_BLOCK * PLASMID_TILE_ROWS + 8];
    const uint32_t *words = tile->left;
    int rows = tile->rows;
    for (int pair = 0; pair < tile->pairs; pair++) {
        float *odd = left + 2 * pair * rows, *even = odd + rows;
        for (int row = 0; row < rows; row++) odd[row] = float_of(words[row] & 0xffff0000);
        for (int row = 0; row < rows; row++) even[row] = float_of(words[row] << 16);
        words += rows;
    }
    parts(tile, left);
}

struct product_steps plasmid_product_avx2(int profile, int element, int layout) {
    static const pack_function packs[2][3] = {
        {pack_outputs_f32, pack_outputs_bf16, pack_outputs_f16},
        {pack_reduced_f32, pack_reduced_bf16, pack_reduced_f16},
    };
    int is_bf16 = profile == PLASMID_BF16_DOT;
    return (struct product_steps){
        .pack = packs[layout][element],
        .tile = is_bf16 ? tile_bf16 : tile_f32,
        .few = plasmid_few_avx2(profile, element, layout),
        .few_rows = FEW_ROWS,
        .flushes = is_bf16,
    };
}
#endif
