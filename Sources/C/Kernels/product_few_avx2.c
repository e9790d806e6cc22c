/*
 * Products of one to four rows with AVX2, straight from the stored matrix, as product_few.h does
 * them with AVX-512: sixteen stored rows as streams, in two groups of eight outputs, transposed
 * step by step while the step before is multiplied.
 */
#if defined(__x86_64__)
#include "product_avx2.h"

#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

/* What the transposed columns hold: words of two bf16, or f32 (rounded already for `bf16dot`). */
#define IS_WORDS(element) ((element) == PLASMID_BF16)

/* Eight columns of each of two groups of eight outputs. */
struct columns {
    __m256i groups[2][8];
};

/* The stored rows of sixteen outputs. */
struct lines {
    const uint8_t *rows;
    size_t stride;        /* bytes */
    size_t last;          /* rows past it are read as this one, and not stored */
    const uint8_t *ahead; /* what to ask memory for meanwhile */
};

/* A step of the reduced index: sixteen elements as words, or eight as f32. */
INLINE int step_length(const int element) { return IS_WORDS(element) ? 16 : 8; }

/* A step of one row; `count` elements are read, the others are +0. */
INLINE __m256i line_of(
    const struct lines *lines, size_t row, size_t at, const int profile, const int element,
    int count) {
    size_t here = row > lines->last ? lines->last : row;
    const uint8_t *from = lines->rows + here * lines->stride + at;
    if (IS_WORDS(element)) {
        if (count == 16) return _mm256_loadu_si256((const __m256i *)from);
        uint8_t bytes[32] = {0};
        memcpy(bytes, from, (size_t)count * 2);
        return _mm256_loadu_si256((const __m256i *)bytes);
    }
    __m256 x = load_some(from, element, count);
    return (__m256i)(profile == PLASMID_BF16_DOT ? rounded(x) : x);
}

/* A quarter of the transposition of a group: four rows by words, twice, then columns by halves. */
INLINE void transpose_quarter(
    struct lines *lines, size_t at, const int group, const int quarter, const int profile,
    const int element, int count, __m256i held[8], __m256i columns[8]) {
    const int asked = step_length(element) * 2 * (element == PLASMID_F32 ? 4 : 2);
    /* A step of all rows is as many bytes as eight quarters ask for. */
    for (int byte = 0; byte < asked; byte += 64) __builtin_prefetch(lines->ahead + byte, 0, 2);
    lines->ahead += asked;
    if (quarter < 2) {
        __m256i r[4], t[4];
        for (int row = 0; row < 4; row++) {
            size_t number = (size_t)(group * 8 + quarter * 4 + row);
            r[row] = line_of(lines, number, at, profile, element, count);
        }
        t[0] = _mm256_unpacklo_epi32(r[0], r[1]);
        t[1] = _mm256_unpackhi_epi32(r[0], r[1]);
        t[2] = _mm256_unpacklo_epi32(r[2], r[3]);
        t[3] = _mm256_unpackhi_epi32(r[2], r[3]);
        held[quarter * 4 + 0] = _mm256_unpacklo_epi64(t[0], t[2]);
        held[quarter * 4 + 1] = _mm256_unpackhi_epi64(t[0], t[2]);
        held[quarter * 4 + 2] = _mm256_unpacklo_epi64(t[1], t[3]);
        held[quarter * 4 + 3] = _mm256_unpackhi_epi64(t[1], t[3]);
    } else {
        for (int column = quarter * 2 - 4; column < quarter * 2 - 2; column++) {
            columns[column] = _mm256_permute2x128_si256(held[column], held[4 + column], 0x20);
            columns[4 + column] = _mm256_permute2x128_si256(held[column], held[4 + column], 0x31);
        }
    }
}

INLINE __m256 upper(__m256i words) {
    return (__m256)_mm256_and_si256(words, _mm256_set1_epi32((int)0xffff0000));
}

INLINE __m256 lower(__m256i words) { return (__m256)_mm256_slli_epi32(words, 16); }

/* The elements of the left operand for one row of a pair, in all lanes; `half` 0 is the odd one. */
INLINE __m256 left_of(
    const uint8_t *left, int pair, const int half, int row, const int profile, const int rows) {
    if (profile == PLASMID_PORTABLE_F32) {
        return _mm256_broadcast_ss((const float *)left + (pair * 2 + half) * rows + row);
    }
    __m256i words = _mm256_set1_epi32((int)((const uint32_t *)left)[pair * rows + row]);
    return half == 0 ? upper(words) : lower(words);
}

/* One half of a pair for sixteen outputs. */
INLINE void multiply_half(
    __m256 sums[2][FEW_ROWS], const __m256 w[2], const uint8_t *left, int pair, const int half,
    const int profile, const int rows) {
    for (int row = 0; row < rows; row++) {
        __m256 x = left_of(left, pair, half, row, profile, rows);
        sums[0][row] = _mm256_fmadd_ps(x, w[0], sums[0][row]);
        sums[1][row] = _mm256_fmadd_ps(x, w[1], sums[1][row]);
    }
}

/* Number `index` of what the columns hold: a pair as words, one element of a pair as f32. */
INLINE void multiply_column(
    __m256 sums[2][FEW_ROWS], const struct columns *columns, int index, const uint8_t *left,
    const int profile, const int element, const int rows) {
    __m256 w[2];
    if (IS_WORDS(element)) {
        for (int group = 0; group < 2; group++) w[group] = upper(columns->groups[group][index]);
        multiply_half(sums, w, left, index, 0, profile, rows);
        for (int group = 0; group < 2; group++) w[group] = lower(columns->groups[group][index]);
        multiply_half(sums, w, left, index, 1, profile, rows);
    } else {
        for (int group = 0; group < 2; group++) {
            w[group] = (__m256)columns->groups[group][index ^ 1];
        }
        if (index % 2 == 0) {
            multiply_half(sums, w, left, index / 2, 0, profile, rows);
        } else {
            multiply_half(sums, w, left, index / 2, 1, profile, rows);
        }
    }
}

INLINE void transpose_and_multiply(
    struct lines *lines, size_t at, struct columns *next, const struct columns *now,
    const uint8_t *left, __m256 sums[2][FEW_ROWS], const int profile, const int element,
    const int rows) {
    __m256i held[8];
    UNROLLED
    for (int eighth = 0; eighth < 8; eighth++) {
        transpose_quarter(
            lines, at, eighth / 4, eighth % 4, profile, element, step_length(element), held,
            next->groups[eighth / 4]);
        multiply_column(sums, now, eighth, left, profile, element, rows);
        __asm__ volatile("" : : : "memory"); /* keeps them from being sorted apart */
    }
}

INLINE void transpose(
    struct lines *lines, size_t at, struct columns *columns, const int profile,
    const int element, int count) {
    __m256i held[8];
    UNROLLED
    for (int eighth = 0; eighth < 8; eighth++) {
        transpose_quarter(
            lines, at, eighth / 4, eighth % 4, profile, element, count, held,
            columns->groups[eighth / 4]);
    }
}

INLINE void multiply(
    __m256 sums[2][FEW_ROWS], const struct columns *columns, const uint8_t *left, int length,
    const int profile, const int element, const int rows) {
    int pairs = (length + 1) / 2, each = IS_WORDS(element) ? 1 : 2;
    for (int pair = 0; pair < pairs; pair++) {
        for (int part = 0; part < each; part++) {
            multiply_column(sums, columns, pair * each + part, left, profile, element, rows);
        }
    }
}

/* The sums of one block of the reduced index, `length` elements from byte `at` of each row. */
INLINE void multiply_block(
    struct lines *lines, size_t at, size_t length, const uint8_t *left,
    __m256 sums[2][FEW_ROWS], const int profile, const int element, const int rows) {
    const size_t each = (size_t)step_length(element), size = element_bytes(element);
    const size_t left_step = each / 2 * (size_t)rows * pair_bytes(profile);
    struct columns columns[2];
    for (int row = 0; row < rows; row++) sums[0][row] = sums[1][row] = _mm256_setzero_ps();
    size_t steps = length / each, done = 0;
    if (rows == 1 && steps > 0) {
        transpose(lines, at, &columns[0], profile, element, (int)each);
        for (done = 1; done < steps; done++, left += left_step) {
            transpose_and_multiply(
                lines, at + done * each * size, &columns[done % 2], &columns[1 - done % 2], left,
                sums, profile, element, rows);
        }
        multiply(sums, &columns[1 - steps % 2], left, (int)each, profile, element, rows);
        left += left_step;
    }
    /* More rows are chains enough, and their sums leave no registers to do both at once. */
    for (; done < steps; done++, left += left_step) {
        transpose(lines, at + done * each * size, &columns[0], profile, element, (int)each);
        multiply(sums, &columns[0], left, (int)each, profile, element, rows);
    }
    int rest = (int)(length - steps * each);
    if (rest > 0) {
        transpose(lines, at + steps * each * size, &columns[0], profile, element, rest);
        multiply(sums, &columns[0], left, rest, profile, element, rows);
    }
}

/* Stores or adds the sums of up to sixteen outputs of one row. */
INLINE void finish(float *out, size_t width, int is_first, __m256 low, __m256 high) {
    float lanes[16];
    if (!is_first && width >= 16) {
        low = _mm256_add_ps(_mm256_loadu_ps(out), low);
        high = _mm256_add_ps(_mm256_loadu_ps(out + 8), high);
    } else if (!is_first) {
        memset(lanes, 0, sizeof lanes);
        memcpy(lanes, out, width * 4);
        low = _mm256_add_ps(_mm256_loadu_ps(lanes), low);
        high = _mm256_add_ps(_mm256_loadu_ps(lanes + 8), high);
    }
    _mm256_storeu_ps(width >= 16 ? out : lanes, low);
    _mm256_storeu_ps((width >= 16 ? out : lanes) + 8, high);
    if (width < 16) memcpy(out, lanes, width * 4);
}

INLINE void few_by_output(
    const struct product *product, const int profile, const int element, const int rows) {
    const size_t size = element_bytes(element);
    size_t stride = product->right->stride * size;
    for (size_t output = product->first; output < product->end; output += 16) {
        size_t width = product->end - output;
        const uint8_t *base = (const uint8_t *)product->right->data + output * stride;
        struct lines lines = {base, stride, width < 16 ? width - 1 : 15, base + 16 * stride};
        for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
            size_t left_over = product->reduced - start;
            size_t length = left_over < SUM_BLOCK ? left_over : SUM_BLOCK;
            const uint8_t *left =
                product->left + start / 2 * (size_t)rows * pair_bytes(profile);
            __m256 sums[2][FEW_ROWS];
            multiply_block(&lines, start * size, length, left, sums, profile, element, rows);
            for (int row = 0; row < rows; row++) {
                float *out = product->out + (size_t)row * product->out_stride + output;
                finish(out, width, start == 0, sums[0][row], sums[1][row]);
            }
        }
    }
}

/*
 * Stored rows are reduced elements: sixteen of them at a time, each in a long stretch, the sums of
 * all outputs of a stretch in the first cache.
 */
enum { GROUP_ROWS = 16, SUMS = 4096 };

struct stretch {
    const struct product *product;
    size_t output;
    size_t width;
};

/* A pair of stored rows for `count` of sixteen outputs; `has_odd`: the second of them is there. */
INLINE void multiply_pair(
    const uint8_t *even, size_t stride, int count, int has_odd, const uint8_t *left, int pair,
    __m256 sums[2][FEW_ROWS], const int profile, const int element, const int rows) {
    for (int half = 0; half < 2; half++) {
        __m256 w[2];
        /* A missing odd row is zero, and meets -0: nothing changes. */
        int some = half == 1 || has_odd ? count : 0;
        const uint8_t *row = half == 0 && has_odd ? even + stride : even;
        for (int v = 0; v < 2; v++) {
            w[v] = load_some(row + (size_t)(v * 8) * element_bytes(element), element, some - v * 8);
            if (profile == PLASMID_BF16_DOT && element != PLASMID_BF16) w[v] = rounded(w[v]);
        }
        __builtin_prefetch(row + 2 * GROUP_ROWS * stride, 0, 2);
        multiply_half(sums, w, left, pair, half, profile, rows);
    }
}

/* Stored rows [k, end) for up to sixteen outputs from `at`. */
INLINE void multiply_unit(
    const struct stretch *stretch, size_t at, size_t k, size_t end, __m256 sums[2][FEW_ROWS],
    const int profile, const int element, const int rows) {
    const struct product *product = stretch->product;
    const size_t size = element_bytes(element);
    size_t stride = product->right->stride * size;
    const uint8_t *here = (const uint8_t *)product->right->data + k * stride
        + (stretch->output + at) * size;
    const uint8_t *left = product->left + k / 2 * (size_t)rows * pair_bytes(profile);
    if (stretch->width - at >= 16 && end - k == GROUP_ROWS) {
        for (int pair = 0; pair < GROUP_ROWS / 2; pair++, here += 2 * stride) {
            multiply_pair(here, stride, 16, 1, left, pair, sums, profile, element, rows);
        }
        return;
    }
    int count = stretch->width - at < 16 ? (int)(stretch->width - at) : 16;
    for (int pair = 0; k < end; k += 2, pair++, here += 2 * stride) {
        multiply_pair(
            here, stride, count, k + 1 < end, left, pair, sums, profile, element, rows);
    }
}

INLINE void by_reduced(
    const struct stretch *stretch, const int profile, const int element, const int rows) {
    const struct product *product = stretch->product;
    for (size_t start = 0; start < product->reduced; start += SUM_BLOCK) {
        size_t block_end = product->reduced - start < SUM_BLOCK ? product->reduced
                                                                : start + SUM_BLOCK;
        for (size_t k = start; k < block_end; k += GROUP_ROWS) {
            size_t end = block_end - k < GROUP_ROWS ? block_end : k + GROUP_ROWS;
            float *kept = product->scratch;
            for (size_t at = 0; at < stretch->width; at += 16, kept += 16 * rows) {
                __m256 sums[2][FEW_ROWS];
                for (int row = 0; row < 2 * rows; row++) {
                    sums[row % 2][row / 2] =
                        k == start ? _mm256_setzero_ps() : _mm256_load_ps(kept + row * 8);
                }
                multiply_unit(stretch, at, k, end, sums, profile, element, rows);
                for (int row = 0; row < 2 * rows; row++) {
                    _mm256_store_ps(kept + row * 8, sums[row % 2][row / 2]);
                }
                if (end < block_end) continue;
                for (int row = 0; row < rows; row++) {
                    float *out = product->out + (size_t)row * product->out_stride
                        + stretch->output + at;
                    finish(
                        out, stretch->width - at, start == 0, sums[0][row], sums[1][row]);
                }
            }
        }
    }
}

INLINE void few_by_reduced(
    const struct product *product, const int profile, const int element, const int rows) {
    for (size_t output = product->first; output < product->end;) {
        size_t left_over = product->end - output, most = (size_t)(SUMS / rows / 32 * 32);
        struct stretch stretch = {product, output, left_over < most ? left_over : most};
        by_reduced(&stretch, profile, element, rows);
        output += stretch.width;
    }
}

/* --- a function for each profile, layout, element type and number of rows --- */

#define FEW_ROW(name, body, profile, element, rows) \
    TARGET static void name(const struct product *product) { body(product, profile, element, rows); }
#define FEW_TABLE(name, body, profile, element)  \
    FEW_ROW(name##_1, body, profile, element, 1) \
    FEW_ROW(name##_2, body, profile, element, 2) \
    FEW_ROW(name##_3, body, profile, element, 3) \
    FEW_ROW(name##_4, body, profile, element, 4) \
    static const few_function name[FEW_ROWS] = {name##_1, name##_2, name##_3, name##_4};
#define FEW_ELEMENTS(name, body, profile)             \
    FEW_TABLE(name##_f32, body, profile, PLASMID_F32) \
    FEW_TABLE(name##_bf16, body, profile, PLASMID_BF16) \
    FEW_TABLE(name##_f16, body, profile, PLASMID_F16) \
    static const few_function *const name[3] = {name##_f32, name##_bf16, name##_f16};

FEW_ELEMENTS(outputs_portable, few_by_output, PLASMID_PORTABLE_F32)
FEW_ELEMENTS(reduced_portable, few_by_reduced, PLASMID_PORTABLE_F32)
FEW_ELEMENTS(outputs_rounding, few_by_output, PLASMID_BF16_DOT)
FEW_ELEMENTS(reduced_rounding, few_by_reduced, PLASMID_BF16_DOT)

const few_function *plasmid_few_avx2(int profile, int element, int layout) {
    static const few_function *const *const tables[2][2] = {
        {outputs_portable, reduced_portable},
        {outputs_rounding, reduced_rounding},
    };
    return tables[profile][layout][element];
}
#endif
