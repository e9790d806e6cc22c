/* Training functions: the level's table behind the public names, and those that need no lanes. */
#include "gradients.h"
#include "chains.h"

const struct gradient_functions *plasmid_gradients(void) {
#if defined(__x86_64__)
    int level = plasmid_kernels_level();
    if (level == PLASMID_KERNELS_AVX512) return &plasmid_gradients_avx512;
    if (level == PLASMID_KERNELS_AVX2) return &plasmid_gradients_avx2;
#endif
    return &plasmid_gradients_portable;
}

void plasmid_silu_gate_backward(
    const float *gate, const float *up, const float *gradient, size_t count, float *gate_out,
    float *up_out) {
    plasmid_gradients()->silu_gate(gate, up, gradient, count, gate_out, up_out);
}

void plasmid_gelu_tanh_backward(const float *x, const float *gradient, size_t count, float *out) {
    plasmid_gradients()->gelu_tanh(x, gradient, count, out);
}

void plasmid_gelu_erf_backward(const float *x, const float *gradient, size_t count, float *out) {
    plasmid_gradients()->gelu_erf(x, gradient, count, out);
}

void plasmid_rope_backward(float *head, const float *cosines, const float *sines, size_t half) {
    plasmid_gradients()->rope(head, cosines, sines, half);
}

/* The factor is the one of the forward pass; the share of x is taken in f64 and rounded once. */
void plasmid_rms_norm_backward(
    const float *x, float *gradient, size_t count, const void *weight, int weight_element,
    float offset, double epsilon, float *out) {
    const struct gradient_functions *level = plasmid_gradients();
    double factor = inverse_root(total(x, x, count, 0, SQUARES), count, epsilon);
    level->weigh(gradient, weight, weight_element, offset, count);
    double dot = total(gradient, x, count, 0, PRODUCTS);
    float share = (float)(factor * factor * factor * dot / (double)count);
    level->rms_apply(x, gradient, count, (float)factor, share, out);
}

void plasmid_layer_norm_backward(
    const float *x, float *gradient, size_t count, const void *weight, int weight_element,
    double epsilon, float *scratch, float *out) {
    const struct gradient_functions *level = plasmid_gradients();
    double mean = total(x, x, count, 0, PLAIN) / (double)count;
    float factor = inverse_root(total(x, x, count, mean, SQUARES), count, epsilon);
    level->normalise(x, count, mean, factor, scratch);
    level->weigh(gradient, weight, weight_element, 0, count);
    float plain = (float)(total(gradient, gradient, count, 0, PLAIN) / (double)count);
    float share = (float)(total(gradient, scratch, count, 0, PRODUCTS) / (double)count);
    level->layer_apply(scratch, gradient, count, plain, share, factor, out);
}

void plasmid_softmax_backward(
    float *weights, float sum, float *gradient, float mean, float scale, size_t first, size_t end,
    size_t count) {
    size_t lower = first < count ? first : count, upper = end < count ? end : count;
    if (upper < lower) upper = lower;
    memset(weights, 0, lower * sizeof(float));
    memset(gradient, 0, lower * sizeof(float));
    memset(weights + upper, 0, (count - upper) * sizeof(float));
    memset(gradient + upper, 0, (count - upper) * sizeof(float));
    if (upper == lower) return;
    plasmid_gradients()->softmax(
        weights + lower, sum, gradient + lower, mean, scale, upper - lower);
}

double plasmid_dot(const float *x, const float *y, size_t count) {
    return total(x, y, count, 0, PRODUCTS);
}

double plasmid_square_sum(const float *x, size_t count) {
    return total(x, x, count, 0, SQUARES);
}

/* Blocks of 16 by 16, so that both sides are read and written in whole lines. */
void plasmid_transpose(
    const float *source, size_t stride, size_t rows, size_t columns, float *out,
    size_t out_stride) {
    for (size_t row = 0; row < rows; row += 16) {
        size_t row_end = row + 16 < rows ? row + 16 : rows;
        for (size_t column = 0; column < columns; column += 16) {
            size_t column_end = column + 16 < columns ? column + 16 : columns;
            for (size_t c = column; c < column_end; c++) {
                for (size_t r = row; r < row_end; r++) {
                    out[c * out_stride + r] = source[r * stride + c];
                }
            }
        }
    }
}

void plasmid_adamw_step(
    const struct plasmid_adamw *adamw, const float *gradient, size_t count, float *values,
    float *means, float *squares) {
    plasmid_gradients()->adamw(adamw, gradient, count, values, means, squares);
}
