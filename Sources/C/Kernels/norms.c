/* Norms and attention rows: their sums are chains of f64. */
#include "chains.h"
#include "rows.h"

void plasmid_rms_norm(
    const float *x, size_t count, const void *weight, int weight_element, float offset,
    double epsilon, float *out) {
    float factor = inverse_root(total(x, x, count, 0, SQUARES), count, epsilon);
    plasmid_rows()->rms_apply(x, count, factor, weight, weight_element, offset, out);
}

void plasmid_layer_norm(
    const float *x, size_t count, const void *weight, int weight_element, const void *bias,
    int bias_element, double epsilon, float *out) {
    double mean = total(x, x, count, 0, PLAIN) / (double)count;
    float factor = inverse_root(total(x, x, count, mean, SQUARES), count, epsilon);
    plasmid_rows()->layer_apply(
        x, count, mean, factor, weight, weight_element, bias, bias_element, out);
}

/* Exponentials of the visible keys, +0 for the others; the first block that holds any. */
static size_t exponentials(float *scores, float scale, size_t first, size_t end, size_t count) {
    size_t lower = first < count ? first : count, upper = end < count ? end : count;
    if (upper < lower) upper = lower;
    memset(scores, 0, lower * sizeof(float));
    memset(scores + upper, 0, (count - upper) * sizeof(float));
    if (upper > lower) plasmid_rows()->exponentials(scores + lower, scale, upper - lower);
    return lower / SUM_CHAIN * SUM_CHAIN;
}

float plasmid_softmax_row(
    float *scores, float scale, size_t first, size_t end, size_t count) {
    /* Blocks are counted from key 0; the zeros before `first` change no sum. */
    size_t start = exponentials(scores, scale, first, end, count);
    size_t upper = end < count ? end : count;
    return upper > start ? (float)total(scores + start, scores + start, upper - start, 0, PLAIN) : 0;
}

/*
 * Totals of eight rows side by side: a chain alone waits four cycles for each of its additions.
 * What a row does not see is +0 and changes no sum of numbers that are not negative.
 */
static void eight_totals(
    const float *scores, size_t stride, size_t start, size_t count, float *sums) {
    double totals[8] = {0};
    for (size_t block = start; block < count; block += SUM_CHAIN) {
        size_t end = count - block < SUM_CHAIN ? count : block + SUM_CHAIN;
        double chain[8] = {0};
        for (size_t key = block; key < end; key++) {
            for (int row = 0; row < 8; row++) chain[row] += (double)scores[row * stride + key];
        }
        for (int row = 0; row < 8; row++) totals[row] += chain[row];
    }
    for (int row = 0; row < 8; row++) sums[row] = (float)totals[row];
}

void plasmid_softmax_rows(
    float *scores, size_t stride, size_t rows, float scale, const size_t *firsts,
    const size_t *ends, size_t count, float *sums) {
    size_t row = 0;
    for (; row + 8 <= rows; row += 8) {
        size_t start = count;
        for (size_t each = row; each < row + 8; each++) {
            size_t here = exponentials(
                scores + each * stride, scale, firsts[each], ends[each], count);
            start = here < start ? here : start;
        }
        eight_totals(scores + row * stride, stride, start, count, sums + row);
    }
    for (; row < rows; row++) {
        sums[row] = plasmid_softmax_row(
            scores + row * stride, scale, firsts[row], ends[row], count);
    }
}
