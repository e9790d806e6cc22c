#include "product.h"
#include <math.h>
#include <stdatomic.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

size_t plasmid_left_bytes(int profile, size_t rows, size_t reduced) {
    size_t pairs = (reduced + 1) / 2;
    return (rows * pairs * pair_bytes(profile) + 63) / 64 * 64;
}

/* One tile of f32 from element `start`, an even one: for each pair the odd elements of all rows, then the even ones. */
static void pack_tile_f32(
    const float *source, size_t stride, size_t rows, size_t start, size_t reduced, float *to) {
    for (size_t row = 0; row < rows; row++) {
        const float *from = source + row * stride;
        float *column = to + row + start * rows;
        size_t k = start;
        for (; k + 2 <= reduced; k += 2, column += 2 * rows) {
            column[0] = from[k + 1];
            column[rows] = from[k];
        }
        if (k < reduced) {
            column[0] = -0.0f;
            column[rows] = from[k];
        }
    }
}

/* One tile of bf16: for each pair one word a row, the even element in its low half. */
static void pack_tile_bf16(
    const float *source, size_t stride, size_t rows, size_t start, size_t reduced, uint32_t *to) {
    for (size_t row = 0; row < rows; row++) {
        const float *from = source + row * stride;
        uint32_t *column = to + row + start / 2 * rows;
        size_t k = start;
        for (; k + 2 <= reduced; k += 2, column += rows) {
            *column = (uint32_t)bf16_of(from[k]) | (uint32_t)bf16_of(from[k + 1]) << 16;
        }
        if (k < reduced) *column = (uint32_t)bf16_of(from[k]) | 0x80000000;
    }
}

void plasmid_left_pack(
    int profile, const float *source, size_t stride, size_t rows, size_t reduced,
    size_t first_tile, size_t end_tile, void *left) {
    size_t row_bytes = (reduced + 1) / 2 * pair_bytes(profile);
    for (size_t tile = first_tile; tile < end_tile; tile++) {
        size_t start = tile_start(tile, rows), count = tile_start(tile + 1, rows) - start;
        const float *from = source + start * stride;
        void *to = (uint8_t *)left + start * row_bytes;
        size_t done = 0;
#if defined(__x86_64__)
        if (plasmid_kernels_level() == PLASMID_KERNELS_AVX512) {
            done = plasmid_left_tile_avx512(profile, from, stride, count, reduced, to);
        }
#endif
        if (profile == PLASMID_BF16_DOT) {
            pack_tile_bf16(from, stride, count, done, reduced, to);
        } else {
            pack_tile_f32(from, stride, count, done, reduced, to);
        }
    }
}

static struct product_steps steps_of(int profile, int element, int layout) {
#if defined(__x86_64__)
    int level = plasmid_kernels_level();
    if (level == PLASMID_KERNELS_AVX512) return plasmid_product_avx512(profile, element, layout);
    if (level == PLASMID_KERNELS_AVX2) return plasmid_product_avx2(profile, element, layout);
#endif
    return plasmid_product_portable(profile, element, layout);
}

/* The lines of memory that the next panel will be packed from, and how far they are asked for. */
struct coming {
    uintptr_t row;
    size_t stride;    /* bytes from row to row */
    size_t row_lines; /* lines of 64 bytes of one row */
    size_t line;      /* of this row, the next to ask for */
    size_t lines;     /* of all rows, left to ask for */
};

static struct coming coming_panel(const struct product *product, size_t output, size_t start) {
    const struct plasmid_right *right = product->right;
    size_t size = element_bytes(right->element), stride = right->stride * size;
    size_t left_over = product->reduced - start;
    size_t length = left_over < SUM_BLOCK ? left_over : SUM_BLOCK;
    int by_output = right->layout == PLASMID_OUTPUT_ROWS;
    size_t rows = by_output ? PANEL_WIDTH : length;
    size_t row_bytes = (by_output ? length : PANEL_WIDTH) * size;
    size_t at = by_output ? output * stride + start * size : start * stride + output * size;
    size_t row_lines = (row_bytes + 63) / 64;
    return (struct coming){(uintptr_t)right->data + at, stride, row_lines, 0, rows * row_lines};
}

/*
 * Asks memory for the next `count` lines of what comes. Spread over the tiles of a panel the
 * requests never wait for one another; asked for at once they stall the packing, which took a
 * third of a prompt's time when weights came from memory. An address may lie past the data: a
 * prefetch never faults.
 */
static void ask_for(struct coming *coming, size_t count) {
    if (count > coming->lines) count = coming->lines;
    coming->lines -= count;
    for (; count > 0; count--) {
        __builtin_prefetch((const void *)(coming->row + coming->line * 64), 0, 2);
        coming->line++;
        if (coming->line == coming->row_lines) {
            coming->line = 0;
            coming->row += coming->stride;
        }
    }
}

/* Most tiles for which a panel is not worth packing where tiles can read it as it is stored. */
enum { DIRECT_TILES = 2 };

/* The tile of all rows by one panel, but for its rows. */
static struct tile panel_tile(
    const struct product *product, const struct product_steps *steps, const struct panel *panel) {
    const struct plasmid_right *right = panel->right;
    struct tile tile = {
        .panel = product->scratch,
        .pairs = (panel->length + 1) / 2,
        .width = panel->width,
        .is_first = panel->start == 0,
        .out_stride = product->out_stride,
    };
    int is_whole = panel->width == PANEL_WIDTH && panel->length % 2 == 0;
    if (steps->reads_stored && is_whole && tile_count(product->rows) <= DIRECT_TILES) {
        size_t at = panel->start * right->stride + panel->output;
        tile.panel = (const uint8_t *)right->data + at * element_bytes(right->element);
        tile.stored_stride = right->stride;
    } else {
        steps->pack(panel, product->scratch);
    }
    return tile;
}

/*
 * Blocks of the reduced index outside, so that a block of the left operand stays in the second
 * cache over all panels; each panel is packed once and meets every row.
 */
static void by_panels(const struct product *product, const struct product_steps *steps) {
    size_t pair_size = pair_bytes(product->profile);
    size_t row_bytes = (product->reduced + 1) / 2 * pair_size;
    size_t tiles = tile_count(product->rows);
    for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
        size_t left_over = product->reduced - start;
        int length = left_over < SUM_BLOCK ? (int)left_over : SUM_BLOCK;
        for (size_t output = product->first; output < product->end; output += PANEL_WIDTH) {
            size_t outputs = product->end - output;
            int width = outputs < PANEL_WIDTH ? (int)outputs : PANEL_WIDTH;
            struct panel panel = {
                product->right, product->profile, output, width, start, length,
            };
            struct tile tile = panel_tile(product, steps, &panel);
            /* The next panel of this block, else the first of the next, else of the next chunk. */
            size_t next = output + PANEL_WIDTH;
            int is_last = next >= product->end;
            int ends_chunk = is_last && start + SUM_BLOCK >= product->reduced;
            struct coming coming = coming_panel(
                product, is_last && !ends_chunk ? product->first : next,
                ends_chunk ? 0 : is_last ? start + SUM_BLOCK : start);
            size_t asked = (coming.lines + tiles - 1) / tiles;
            for (size_t index = 0; index < tiles; index++) {
                ask_for(&coming, asked);
                size_t row = tile_start(index, product->rows);
                size_t rows = tile_start(index + 1, product->rows) - row;
                tile.left = product->left + row * row_bytes + start / 2 * rows * pair_size;
                tile.rows = (int)rows;
                tile.out = product->out + row * product->out_stride + output;
                steps->tile(&tile);
            }
        }
    }
}

static void compute(const struct product *product, const struct product_steps *steps) {
    if (product->rows <= steps->few_rows) {
        steps->few[product->rows - 1](product);
    } else {
        by_panels(product, steps);
    }
}

void plasmid_product(
    int profile, const void *left, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, float *out, size_t out_stride,
    void *scratch) {
    if (rows == 0 || first >= end) return;
    if (reduced == 0) {
        for (size_t row = 0; row < rows; row++) {
            memset(out + row * out_stride + first, 0, (end - first) * sizeof(float));
        }
        return;
    }
    struct product product = {
        profile, left, rows, reduced, right, first, end, out, out_stride, scratch,
    };
    struct product_steps steps = steps_of(profile, right->element, right->layout);
#if defined(__x86_64__)
    if (steps.flushes) {
        /* Denormals as zero in (bit 6) and out (bit 15), for this call only. */
        unsigned int control = _mm_getcsr();
        _mm_setcsr(control | 0x8040);
        compute(&product, &steps);
        _mm_setcsr(control);
        return;
    }
#endif
    compute(&product, &steps);
}

/* The rule itself for one output, with the C library's fmaf. */
static float reference_bf16(float x, float y, float sum) {
    x = flushed(from_bf16(bf16_of(x)));
    y = flushed(from_bf16(bf16_of(y)));
    float next = fmaf(x, y, sum);
    if (fabsf(next) == 0x1p-126f && fabsf(fmaf(x * 0x1p64f, y, sum * 0x1p64f)) < 0x1p-62f) {
        return copysignf(0, next);
    }
    return flushed(next);
}

void plasmid_product_reference(
    int profile, const float *source, size_t stride, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, float *out, size_t out_stride) {
    int by_output = right->layout == PLASMID_OUTPUT_ROWS, is_bf16 = profile == PLASMID_BF16_DOT;
    for (size_t row = 0; row < rows; row++) {
        for (size_t output = first; output < end; output++) {
            float total = 0;
            for (size_t start = 0; start < reduced; start += SUM_BLOCK) {
                float sum = 0;
                for (size_t step = start; step < start + SUM_BLOCK && step < reduced + 1; step++) {
                    size_t k = step ^ 1; /* odd element first */
                    if (k >= reduced) continue;
                    size_t at = by_output ? output * right->stride + k : k * right->stride + output;
                    float x = source[row * stride + k], y = stored(right->data, right->element, at);
                    sum = is_bf16 ? reference_bf16(x, y, sum) : fmaf(x, y, sum);
                }
                float added = is_bf16 ? flushed(total + sum) : total + sum;
                total = start == 0 ? sum : added;
            }
            out[row * out_stride + output] = total;
        }
    }
}
