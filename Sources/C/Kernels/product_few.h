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

/* --- stored rows are outputs: sixteen of them are transposed in registers --- */

struct lines {
    const uint8_t *rows;
    size_t stride;        /* bytes */
    int last;             /* rows past it are read as this one, and not stored */
    const uint8_t *ahead; /* what to ask memory for meanwhile */
};

/* Sixteen elements of sixteen rows, or 32 as words; of each row `length` are read. */
FEW_INLINE void load_lines(
    const struct lines *lines, size_t at, const int element, int length, const int is_partial,
    __m512i r[16]) {
    for (int row = 0; row < 16; row++) {
        int here = is_partial && row > lines->last ? lines->last : row;
        const uint8_t *from = lines->rows + (size_t)here * lines->stride + at;
        if (IS_WORDS(element)) {
            r[row] = halves32(from, element, lanes32(length));
        } else {
            r[row] = (__m512i)widened(from, element, lanes16(length));
        }
    }
    const int asked = (IS_WORDS(element) ? 32 : 16) * 16 * (element == PLASMID_F32 ? 4 : 2) / 64;
    for (int line = 0; line < asked; line++) __builtin_prefetch(lines->ahead + line * 64, 0, 2);
    transpose16(r);
}

/*
 * One step of all chains. With more than one row the transposed weights go through a buffer in the
 * first cache: in registers beside the sums they leave none to work with, and compilers move them
 * to and fro (measured: 25 GB/s out of the second cache for two rows, 40 through the buffer).
 */
FEW_INLINE void step(
    __m512 sums[2][FEW_ROWS], __m512i buffer[2][16], const int element, const int rows,
    const int parts, int length, const uint8_t *left) {
    if (rows > 1) __asm__ volatile("" : : "r"(buffer) : "memory");
    for (int pair = 0; pair < (length + 1) / 2; pair++) {
        const uint8_t *x = left + (size_t)(pair * 2 * rows) * LEFT_BYTES;
        for (int part = 0; part < parts; part++) {
            if (IS_WORDS(element)) {
                few_words(sums[part], x, buffer[part][pair], rows);
            } else {
                __m512 odd = (__m512)buffer[part][2 * pair + 1];
                few_floats(sums[part], x, odd, (__m512)buffer[part][2 * pair], rows);
            }
        }
    }
}

/* All of the reduced index for `parts` times sixteen outputs. */
FEW_INLINE void by_output(
    const struct product *product, size_t output, const int element, const int rows,
    const int parts, const int is_partial) {
    const size_t size = element == PLASMID_F32 ? 4 : 2;
    const int each = IS_WORDS(element) ? 32 : 16;
    size_t stride = product->right->stride * size;
    const uint8_t *base = (const uint8_t *)product->right->data + output * stride;
    /* The next stored rows, by address: they mostly lie side by side. */
    const uint8_t *ahead = base + 32 * stride;
    int width = (int)(product->end - output);
    __m512 totals[2][FEW_ROWS], sums[2][FEW_ROWS];
    for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
        size_t end = product->reduced - start < SUM_BLOCK ? product->reduced : start + SUM_BLOCK;
        for (int part = 0; part < parts; part++) {
            for (int row = 0; row < rows; row++) sums[part][row] = _mm512_setzero_ps();
        }
        for (size_t k = start; k < end; k += (size_t)each) {
            const uint8_t *left = product->left + k * (size_t)rows * LEFT_BYTES;
            int length = end - k < (size_t)each ? (int)(end - k) : each;
            __m512i buffer[2][16];
            for (int part = 0; part < parts; part++) {
                struct lines lines = {
                    base + (size_t)(part * 16) * stride, stride, width - part * 16 - 1, ahead,
                };
                ahead += (size_t)each * 16 * size;
                if (length == each) {
                    load_lines(&lines, k * size, element, each, is_partial, buffer[part]);
                } else {
                    load_lines(&lines, k * size, element, length, is_partial, buffer[part]);
                }
            }
            step(sums, buffer, element, rows, parts, length, left);
        }
        for (int part = 0; part < parts; part++) {
            for (int row = 0; row < rows; row++) {
                __m512 sum = sums[part][row];
                totals[part][row] = start == 0 ? sum : _mm512_add_ps(totals[part][row], sum);
            }
        }
    }
    for (int part = 0; part < parts; part++) {
        __mmask16 mask = is_partial ? lanes16(width - part * 16) : 0xffff;
        for (int row = 0; row < rows; row++) {
            float *out = product->out + (size_t)row * product->out_stride + output + part * 16;
            _mm512_mask_storeu_ps(out, mask, totals[part][row]);
        }
    }
}

FEW_INLINE void few_by_output(
    const struct product *product, const int element, const int rows) {
    size_t output = product->first;
    for (; output + 32 <= product->end; output += 32) {
        by_output(product, output, element, rows, 2, 0);
    }
    for (; output < product->end; output += 16) by_output(product, output, element, rows, 1, 1);
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

enum { ROWS_AHEAD = 16 };

/* All of the reduced index for `units` times 32 outputs; only the last unit may be narrower. */
FEW_INLINE void by_reduced(
    const struct product *product, size_t output, const int element, const int rows,
    const int units, const int is_partial) {
    const size_t size = element == PLASMID_F32 ? 4 : 2;
    size_t stride = product->right->stride * size;
    const uint8_t *base = (const uint8_t *)product->right->data + output * size;
    __mmask32 mask = is_partial ? lanes32((int)(product->end - output)) : 0xffffffff;
    __m512 totals[8][2][FEW_ROWS], sums[8][2][FEW_ROWS];
    for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
        size_t end = product->reduced - start < SUM_BLOCK ? product->reduced : start + SUM_BLOCK;
        for (int unit = 0; unit < units; unit++) {
            for (int row = 0; row < 2 * rows; row++) {
                sums[unit][row / rows][row % rows] = _mm512_setzero_ps();
            }
        }
        for (size_t k = start; k < end; k += 2) {
            const uint8_t *left = product->left + k * (size_t)rows * LEFT_BYTES;
            const uint8_t *even = base + k * stride;
            int has_odd = k + 1 < end;
            /* Row after row lies on another page, which hardware does not foresee. */
            for (size_t line = 0; line < (size_t)units * 32 * size; line += 64) {
                __builtin_prefetch(even + ROWS_AHEAD * stride + line, 0, 3);
                __builtin_prefetch(even + (ROWS_AHEAD + 1) * stride + line, 0, 3);
            }
            for (int unit = 0; unit < units; unit++) {
                const uint8_t *here = even + (size_t)(unit * 32) * size;
                struct couple couple = {
                    here, has_odd ? here + stride : here, mask, has_odd ? mask : 0,
                };
                multiply_couple(sums[unit], &couple, element, rows, left);
            }
        }
        for (int unit = 0; unit < units; unit++) {
            for (int row = 0; row < 2 * rows; row++) {
                __m512 sum = sums[unit][row / rows][row % rows];
                __m512 *total = &totals[unit][row / rows][row % rows];
                *total = start == 0 ? sum : _mm512_add_ps(*total, sum);
            }
        }
    }
    for (int part = 0; part < 2 * units; part++) {
        for (int row = 0; row < rows; row++) {
            float *out = product->out + (size_t)row * product->out_stride + output + part * 16;
            __mmask16 lanes = (__mmask16)(mask >> (part % 2 * 16));
            _mm512_mask_storeu_ps(out, lanes, totals[part / 2][part % 2][row]);
        }
    }
}

FEW_INLINE void few_by_reduced(
    const struct product *product, const int element, const int rows) {
    /* As many chains as there are registers for: long stretches of each stored row. */
    const int units = rows == 1 ? 8 : rows == 4 ? 2 : 4;
    const size_t wide = (size_t)units * 32;
    size_t output = product->first;
    for (; output + wide <= product->end; output += wide) {
        by_reduced(product, output, element, rows, units, 0);
    }
    for (; output + 64 <= product->end; output += 64) {
        by_reduced(product, output, element, rows, 2, 0);
    }
    for (; output < product->end; output += 32) by_reduced(product, output, element, rows, 1, 1);
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
