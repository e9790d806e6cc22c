/*
 * Products of one to four rows with AVX-512, straight from the stored matrix: what decoding one
 * token does. Each weight is used once or a few times, so memory sets the pace and a panel would
 * only be in the way.
 *
 * A template: the including file defines FEW_FEATURES, FEW_NAME (the function that chooses) and
 * FEW_IS_DOT: 1 multiplies words of two bf16 by VDPBF16PS, 0 multiplies f32.
 */
#include "product_avx512.h"

#define FEW_INLINE static inline __attribute__((always_inline, target(FEW_FEATURES)))
#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

/* Whether the right operand is handled in words of two bf16; `element` is a constant. */
#define IS_WORDS(element) (FEW_IS_DOT || (element) == PLASMID_BF16)

/* Bytes of the packed left operand for each row and reduced element. */
enum { LEFT_BYTES = FEW_IS_DOT ? 2 : 4 };

/* One pair of sixteen outputs for all rows: odd elements first. */
FEW_INLINE void few_floats(
    __m512 *sums, const uint8_t *left, __m512 odd, __m512 even, const int rows) {
    const float *x = (const float *)left;
    for (int row = 0; row < rows; row++) {
        sums[row] = _mm512_fmadd_ps(_mm512_set1_ps(x[row]), odd, sums[row]);
    }
    for (int row = 0; row < rows; row++) {
        sums[row] = _mm512_fmadd_ps(_mm512_set1_ps(x[rows + row]), even, sums[row]);
    }
}

FEW_INLINE void few_words(__m512 *sums, const uint8_t *left, __m512i w, const int rows) {
#if FEW_IS_DOT
    const int32_t *x = (const int32_t *)left;
    for (int row = 0; row < rows; row++) {
        __m512bh pair = (__m512bh)_mm512_set1_epi32(x[row]);
        sums[row] = _mm512_dpbf16_ps(sums[row], pair, (__m512bh)w);
    }
#else
    few_floats(sums, left, upper(w), lower(w), rows);
#endif
}

/*
 * --- stored rows are outputs: sixteen of them are transposed in registers ---
 *
 * Sixteen rows are as many streams as the processor's prefetching follows: the same reads from 32
 * rows reach 80 to 85 % of a plain read of memory, from sixteen all of it (Zen 4).
 */

/* The stored rows of the sixteen outputs that are worked on. */
struct lines {
    const uint8_t *rows;
    size_t stride;        /* bytes */
    size_t last;          /* rows past it are read as this one, and not stored */
    const uint8_t *ahead; /* what to ask memory for meanwhile */
};

/* A step of the reduced index: 32 elements as words, or 16 as f32. */
FEW_INLINE int step_length(const int element) { return IS_WORDS(element) ? 32 : 16; }

/* A step of one row, of which `length` elements are read. */
FEW_INLINE __m512i line_of(
    const struct lines *lines, size_t row, size_t at, const int element, int length) {
    size_t here = row > lines->last ? lines->last : row;
    const uint8_t *from = lines->rows + here * lines->stride + at;
    if (IS_WORDS(element)) return halves32(from, element, lanes32(length));
    return (__m512i)widened(from, element, lanes16(length));
}

/*
 * An eighth of the transposition of a step: four rows are turned by words in each of the first
 * four eighths, and in each of the others the groups are put together to four columns. Asks for an
 * eighth of what the step of the next rows takes, in the order of memory.
 */
FEW_INLINE void transpose_eighth(
    struct lines *lines, size_t at, const int eighth, const int element, int length,
    __m512i held[4][4], __m512i columns[16]) {
    const int asked = step_length(element) * 2 * (element == PLASMID_F32 ? 4 : 2);
    for (int byte = 0; byte < asked; byte += 64) __builtin_prefetch(lines->ahead + byte, 0, 2);
    lines->ahead += asked;
    if (eighth < 4) {
        __m512i r[4], t[4];
        for (int row = 0; row < 4; row++) {
            r[row] = line_of(lines, (size_t)(eighth * 4 + row), at, element, length);
        }
        t[0] = _mm512_unpacklo_epi32(r[0], r[1]);
        t[1] = _mm512_unpackhi_epi32(r[0], r[1]);
        t[2] = _mm512_unpacklo_epi32(r[2], r[3]);
        t[3] = _mm512_unpackhi_epi32(r[2], r[3]);
        held[eighth][0] = _mm512_unpacklo_epi64(t[0], t[2]);
        held[eighth][1] = _mm512_unpackhi_epi64(t[0], t[2]);
        held[eighth][2] = _mm512_unpacklo_epi64(t[1], t[3]);
        held[eighth][3] = _mm512_unpackhi_epi64(t[1], t[3]);
    } else {
        const int column = eighth - 4;
        __m512i low = _mm512_shuffle_i32x4(held[0][column], held[1][column], 0x88);
        __m512i high = _mm512_shuffle_i32x4(held[0][column], held[1][column], 0xdd);
        __m512i next_low = _mm512_shuffle_i32x4(held[2][column], held[3][column], 0x88);
        __m512i next_high = _mm512_shuffle_i32x4(held[2][column], held[3][column], 0xdd);
        columns[column] = _mm512_shuffle_i32x4(low, next_low, 0x88);
        columns[4 + column] = _mm512_shuffle_i32x4(high, next_high, 0x88);
        columns[8 + column] = _mm512_shuffle_i32x4(low, next_low, 0xdd);
        columns[12 + column] = _mm512_shuffle_i32x4(high, next_high, 0xdd);
    }
}

/* One column times its elements of all rows; odd elements stand first in the left operand. */
FEW_INLINE void multiply_column(
    __m512 sums[FEW_ROWS], const __m512i columns[16], int index, const int element,
    const int rows, const uint8_t *left) {
    if (IS_WORDS(element)) {
        few_words(sums, left + (size_t)(index * 2 * rows) * LEFT_BYTES, columns[index], rows);
        return;
    }
    const float *x = (const float *)left + index * rows;
    __m512 column = (__m512)columns[index ^ 1];
    for (int row = 0; row < rows; row++) {
        sums[row] = _mm512_fmadd_ps(_mm512_set1_ps(x[row]), column, sums[row]);
    }
}

/*
 * Transposes the step at byte `at` into `next` and meanwhile multiplies the one that stands in
 * `now`. One after the other they take turns: a chain of sums waits four cycles for each element
 * and fills the processor's queue, so that the shuffles behind it do not start (out of the second
 * cache 26 GB/s where there are two chains, 40 when they alternate).
 */
FEW_INLINE void transpose_and_multiply(
    struct lines *lines, size_t at, __m512i next[16], const __m512i now[16], const uint8_t *left,
    __m512 sums[FEW_ROWS], const int element, const int rows) {
    __m512i held[4][4];
    UNROLLED
    for (int eighth = 0; eighth < 8; eighth++) {
        transpose_eighth(lines, at, eighth, element, step_length(element), held, next);
        multiply_column(sums, now, 2 * eighth, element, rows, left);
        multiply_column(sums, now, 2 * eighth + 1, element, rows, left);
        __asm__ volatile("" : : : "memory"); /* keeps them from being sorted apart */
    }
}

/* The halves alone, for the first and last steps and for one that is not whole. */
FEW_INLINE void transpose(
    struct lines *lines, size_t at, __m512i columns[16], const int element, int length) {
    __m512i held[4][4];
    UNROLLED
    for (int eighth = 0; eighth < 8; eighth++) {
        transpose_eighth(lines, at, eighth, element, length, held, columns);
    }
}

FEW_INLINE void multiply(
    __m512 sums[FEW_ROWS], const __m512i columns[16], const int element, const int rows,
    int length, const uint8_t *left) {
    int count = IS_WORDS(element) ? (length + 1) / 2 : (length + 1) / 2 * 2;
    for (int index = 0; index < count; index++) {
        multiply_column(sums, columns, index, element, rows, left);
    }
}

/* The sums of one block of the reduced index, `length` elements from byte `at` of each row. */
FEW_INLINE void multiply_block(
    struct lines *lines, size_t at, size_t length, const uint8_t *left,
    __m512 sums[FEW_ROWS], const int element, const int rows) {
    const size_t each = (size_t)step_length(element), size = element == PLASMID_F32 ? 4 : 2;
    const size_t left_step = each * (size_t)rows * LEFT_BYTES;
    __m512i columns[2][16];
    for (int row = 0; row < rows; row++) sums[row] = _mm512_setzero_ps();
    size_t steps = length / each;
    if (steps > 0) transpose(lines, at, columns[0], element, (int)each);
    for (size_t step = 1; step < steps; step++) {
        transpose_and_multiply(
            lines, at + step * each * size, columns[step % 2], columns[1 - step % 2], left, sums,
            element, rows);
        left += left_step;
    }
    if (steps > 0) {
        multiply(sums, columns[1 - steps % 2], element, rows, (int)each, left);
        left += left_step;
    }
    int rest = (int)(length - steps * each);
    if (rest > 0) {
        transpose(lines, at + steps * each * size, columns[0], element, rest);
        multiply(sums, columns[0], element, rows, rest, left);
    }
}

/* All of the reduced index for up to sixteen outputs. */
FEW_INLINE void by_output(
    const struct product *product, size_t output, const int element, const int rows) {
    const size_t size = element == PLASMID_F32 ? 4 : 2;
    size_t stride = product->right->stride * size, width = product->end - output;
    const uint8_t *base = (const uint8_t *)product->right->data + output * stride;
    /* Asked for are the next stored rows, by address: they mostly lie side by side. */
    struct lines lines = {base, stride, width < 16 ? width - 1 : 15, base + 16 * stride};
    __m512 totals[FEW_ROWS], sums[FEW_ROWS];
    for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
        size_t left_over = product->reduced - start;
        size_t length = left_over < SUM_BLOCK ? left_over : SUM_BLOCK;
        const uint8_t *left = product->left + start * (size_t)rows * LEFT_BYTES;
        multiply_block(&lines, start * size, length, left, sums, element, rows);
        for (int row = 0; row < rows; row++) {
            totals[row] = start == 0 ? sums[row] : _mm512_add_ps(totals[row], sums[row]);
        }
    }
    for (int row = 0; row < rows; row++) {
        float *out = product->out + (size_t)row * product->out_stride + output;
        _mm512_mask_storeu_ps(out, lanes16((int)width), totals[row]);
    }
}

FEW_INLINE void few_by_output(
    const struct product *product, const int element, const int rows) {
    for (size_t output = product->first; output < product->end; output += 16) {
        by_output(product, output, element, rows);
    }
}

/* --- stored rows are reduced elements: outputs stand side by side already --- */

/* Both stored rows of a pair for 32 outputs; a missing odd row has an empty mask. */
struct couple {
    const uint8_t *even;
    const uint8_t *odd;
    __mmask32 even_mask;
    __mmask32 odd_mask;
};

FEW_INLINE void multiply_couple(
    __m512 sums[2][FEW_ROWS], const struct couple *couple, const int element, const int rows,
    const uint8_t *left) {
    const size_t size = element == PLASMID_F32 ? 4 : 2;
    for (int v = 0; v < 2; v++) {
        __mmask16 even_mask = (__mmask16)(couple->even_mask >> (v * 16));
        __mmask16 odd_mask = (__mmask16)(couple->odd_mask >> (v * 16));
        __m512 even = widened(couple->even + (size_t)(v * 16) * size, element, even_mask);
        __m512 odd = widened(couple->odd + (size_t)(v * 16) * size, element, odd_mask);
        if (!FEW_IS_DOT) {
            few_floats(sums[v], left, odd, even, rows);
        } else {
            __m512i low = element == PLASMID_BF16 ? (__m512i)even : rounded(even);
            __m512i high = element == PLASMID_BF16 ? (__m512i)odd : rounded(odd);
            few_words(sums[v], left, _mm512_or_si512(high, _mm512_srli_epi32(low, 16)), rows);
        }
    }
}

/*
 * Wide products: sixteen stored rows at a time, the sums of all outputs in the first cache. Each
 * row is read in one long stretch, which prefetching follows; with sums in registers a row gave
 * 512 bytes and the next lay on another page (19 to 24 of 47 GB/s out of memory, 31 to 35 so).
 */
enum { GROUP_ROWS = 16, SUMS = 4096 };

struct stretch {
    const struct product *product;
    size_t output;
    size_t width;
};

/* Stored rows [k, k + pairs * 2) for one unit of up to 32 outputs; the last row may be missing. */
FEW_INLINE void multiply_unit(
    __m512 sums[2][FEW_ROWS], const uint8_t *here, size_t stride, __mmask32 mask, size_t pairs,
    int lacks_odd, const uint8_t *left, const int element, const int rows) {
    for (size_t pair = 0; pair < pairs; pair++) {
        int lacks = lacks_odd && pair + 1 == pairs;
        const uint8_t *even = here + 2 * pair * stride;
        struct couple couple = {even, lacks ? even : even + stride, mask, lacks ? 0 : mask};
        multiply_couple(sums, &couple, element, rows, left + 2 * pair * (size_t)rows * LEFT_BYTES);
    }
}

/* Rows [k, end) of a block for all outputs of a stretch; `sums` [unit][half][row][16]. */
FEW_INLINE void multiply_group(
    const struct stretch *stretch, size_t k, size_t end, int is_first, const int element,
    const int rows, float *sums) {
    const struct product *product = stretch->product;
    const size_t size = element == PLASMID_F32 ? 4 : 2;
    size_t stride = product->right->stride * size;
    const uint8_t *here = (const uint8_t *)product->right->data + k * stride
        + stretch->output * size;
    const uint8_t *left = product->left + k * (size_t)rows * LEFT_BYTES;
    for (size_t at = 0; at < stretch->width; at += 32, here += 32 * size) {
        __m512 unit[2][FEW_ROWS];
        for (int row = 0; row < 2 * rows; row++, sums += 16) {
            unit[row / rows][row % rows] = is_first ? _mm512_setzero_ps() : _mm512_load_ps(sums);
        }
        for (size_t row = 0; row < GROUP_ROWS; row++) {
            const uint8_t *ahead = here + (row + 2 * GROUP_ROWS) * stride;
            for (size_t line = 0; line < 32 * size; line += 64) {
                __builtin_prefetch(ahead + line, 0, 2);
            }
        }
        __mmask32 mask = lanes32((int)(stretch->width - at));
        if (end - k == GROUP_ROWS) {
            multiply_unit(unit, here, stride, mask, GROUP_ROWS / 2, 0, left, element, rows);
        } else {
            size_t pairs = (end - k + 1) / 2;
            multiply_unit(
                unit, here, stride, mask, pairs, (int)(end - k) & 1, left, element, rows);
        }
        sums -= 32 * rows;
        for (int row = 0; row < 2 * rows; row++, sums += 16) {
            _mm512_store_ps(sums, unit[row / rows][row % rows]);
        }
    }
}

/* Stores or adds the sums of a block. */
FEW_INLINE void finish_block(
    const struct stretch *stretch, int is_first, const int rows, const float *sums) {
    const struct product *product = stretch->product;
    for (size_t at = 0; at < stretch->width; at += 16) {
        __mmask16 mask = lanes16((int)(stretch->width - at));
        for (int row = 0; row < rows; row++, sums += 16) {
            float *out = product->out + (size_t)row * product->out_stride + stretch->output + at;
            __m512 sum = _mm512_load_ps(sums);
            if (!is_first) sum = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, out), sum);
            _mm512_mask_storeu_ps(out, mask, sum);
        }
    }
}

/* All of the reduced index for a stretch of outputs. */
FEW_INLINE void by_reduced(const struct stretch *stretch, const int element, const int rows) {
    float *sums = stretch->product->scratch;
    size_t reduced = stretch->product->reduced;
    for (size_t start = 0; start < reduced; start += SUM_BLOCK) {
        size_t end = reduced - start < SUM_BLOCK ? reduced : start + SUM_BLOCK;
        for (size_t k = start; k < end; k += GROUP_ROWS) {
            size_t group_end = end - k < GROUP_ROWS ? end : k + GROUP_ROWS;
            multiply_group(stretch, k, group_end, k == start, element, rows, sums);
        }
        finish_block(stretch, start == 0, rows, sums);
    }
}

/* Narrow products, such as a head's values: sums of up to 64 outputs stay in registers. */
FEW_INLINE void by_reduced_narrow(
    const struct stretch *stretch, const int element, const int rows, const int units) {
    const struct product *product = stretch->product;
    const size_t size = element == PLASMID_F32 ? 4 : 2;
    size_t stride = product->right->stride * size;
    const uint8_t *base = (const uint8_t *)product->right->data + stretch->output * size;
    for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
        size_t end = product->reduced - start < SUM_BLOCK ? product->reduced : start + SUM_BLOCK;
        __m512 sums[2][2][FEW_ROWS];
        for (int unit = 0; unit < units; unit++) {
            for (int row = 0; row < 2 * rows; row++) {
                sums[unit][row / rows][row % rows] = _mm512_setzero_ps();
            }
        }
        for (size_t k = start; k < end; k += 2) {
            const uint8_t *left = product->left + k * (size_t)rows * LEFT_BYTES;
            for (int unit = 0; unit < units; unit++) {
                __mmask32 mask = lanes32((int)stretch->width - unit * 32);
                const uint8_t *even = base + k * stride + (size_t)(unit * 32) * size;
                __builtin_prefetch(even + 16 * stride, 0, 3);
                __builtin_prefetch(even + 17 * stride, 0, 3);
                multiply_unit(sums[unit], even, stride, mask, 1, k + 1 == end, left, element, rows);
            }
        }
        float kept[4 * FEW_ROWS * 16] __attribute__((aligned(64)));
        for (int index = 0; index < 2 * units * rows; index++) {
            _mm512_store_ps(
                kept + index * 16, sums[index / rows / 2][index / rows % 2][index % rows]);
        }
        finish_block(stretch, start == 0, rows, kept);
    }
}

FEW_INLINE void few_by_reduced(
    const struct product *product, const int element, const int rows) {
    for (size_t output = product->first; output < product->end;) {
        size_t left_over = product->end - output, most = (size_t)(SUMS / rows / 32 * 32);
        struct stretch stretch = {product, output, left_over < most ? left_over : most};
        if (stretch.width > 64) {
            by_reduced(&stretch, element, rows);
        } else if (stretch.width > 32) {
            by_reduced_narrow(&stretch, element, rows, 2);
        } else {
            by_reduced_narrow(&stretch, element, rows, 1);
        }
        output += stretch.width;
    }
}

/* --- a function for each layout, element type and number of rows --- */

#define FEW_ROW(name, body, element, rows)                                                      \
    __attribute__((target(FEW_FEATURES))) static void name(const struct product *product) {     \
        body(product, element, rows);                                                           \
    }
#define FEW_TABLE(name, body, element)        \
    FEW_ROW(name##_1, body, element, 1)       \
    FEW_ROW(name##_2, body, element, 2)       \
    FEW_ROW(name##_3, body, element, 3)       \
    FEW_ROW(name##_4, body, element, 4)       \
    static const few_function name[FEW_ROWS] = {name##_1, name##_2, name##_3, name##_4};

FEW_TABLE(outputs_f32, few_by_output, PLASMID_F32)
FEW_TABLE(outputs_bf16, few_by_output, PLASMID_BF16)
FEW_TABLE(outputs_f16, few_by_output, PLASMID_F16)
FEW_TABLE(reduced_f32, few_by_reduced, PLASMID_F32)
FEW_TABLE(reduced_bf16, few_by_reduced, PLASMID_BF16)
FEW_TABLE(reduced_f16, few_by_reduced, PLASMID_F16)

const few_function *FEW_NAME(int element, int layout) {
    static const few_function *const tables[2][3] = {
        {outputs_f32, outputs_bf16, outputs_f16},
        {reduced_f32, reduced_bf16, reduced_f16},
    };
    return tables[layout][element];
}
