#ifndef PLASMID_TRAINING_KERNELS_H
#define PLASMID_TRAINING_KERNELS_H
/*
 * Leaf functions of training: the derivatives of what learn_kernels.h computes, dropout and the
 * optimiser. The same bits at every level and on every CPU; the rules stand in docs/numerics.md.
 * `out` may be one of the inputs unless a function says otherwise.
 */
#include <stddef.h>
#include <stdint.h>

/* Of silu(gate) * up, given the gradient of the product. */
void plasmid_silu_gate_backward(
    const float *gate, const float *up, const float *gradient, size_t count, float *gate_out,
    float *up_out);

/* Of gelu by tanh and by erf. */
void plasmid_gelu_tanh_backward(const float *x, const float *gradient, size_t count, float *out);
void plasmid_gelu_erf_backward(const float *x, const float *gradient, size_t count, float *out);

/* Turns the gradient of a rotated head back, in place. */
void plasmid_rope_backward(float *head, const float *cosines, const float *sines, size_t half);

/*
 * out += the gradient of x, given that of plasmid_rms_norm(x). `gradient` is used up: it holds
 * intermediate values afterwards.
 */
void plasmid_rms_norm_backward(
    const float *x, float *gradient, size_t count, const void *weight, int weight_element,
    float offset, double epsilon, float *out);

/* The same for plasmid_layer_norm; `scratch` has room for `count` values. */
void plasmid_layer_norm_backward(
    const float *x, float *gradient, size_t count, const void *weight, int weight_element,
    double epsilon, float *scratch, float *out);

/*
 * One row of attention. `weights` holds what plasmid_softmax_rows left, `sum` what it returned,
 * `gradient` that of the probabilities, `mean` the sum of probability times gradient. Afterwards
 * `weights` holds the probabilities and `gradient` that of the unscaled scores; both are +0
 * outside of [first, end).
 */
void plasmid_softmax_backward(
    float *weights, float sum, float *gradient, float mean, float scale, size_t first, size_t end,
    size_t count);

/* Sum of x[i] * y[i], and of x[i]^2: f64 chains in blocks of 512. */
double plasmid_dot(const float *x, const float *y, size_t count);
double plasmid_square_sum(const float *x, size_t count);

/* out[column][row] = source[row][column]; strides count elements. `out` is no input. */
void plasmid_transpose(
    const float *source, size_t stride, size_t rows, size_t columns, float *out,
    size_t out_stride);

/* Which numbers a row of dropout draws: Philox4x32-10 with this key and these counter words. */
struct plasmid_dropout {
    uint32_t key[2];
    uint32_t row;
    uint32_t stream;
    uint32_t step;
    /* Probability that an element becomes +0, in [0, 1); the others are divided by the rest. */
    double probability;
};

/*
 * out[i] = number first + i of the row is at least the probability ? x[i] / (1 - probability) : +0.
 * `first` is a multiple of 4.
 */
void plasmid_dropout_row(
    const struct plasmid_dropout *dropout, size_t first, const float *x, size_t count,
    float *out);

/* Factors of one step of AdamW (Loshchilov, Hutter 2019), each rounded to f32 once. */
struct plasmid_adamw {
    float clip;       /* multiplies the gradient */
    float decay;      /* 1 - rate * weight decay */
    float first;      /* 1 - beta1 */
    float second;     /* beta2 */
    float fresh;      /* 1 - beta2 */
    float correction; /* sqrt(1 - beta2^t) */
    float epsilon;
    float rate;       /* rate / (1 - beta1^t) */
};

/* Moves `values` and both means by one step. */
void plasmid_adamw_step(
    const struct plasmid_adamw *adamw, const float *gradient, size_t count, float *values,
    float *means, float *squares);

#endif
