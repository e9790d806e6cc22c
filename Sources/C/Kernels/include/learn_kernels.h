#ifndef PLASMID_LEARN_KERNELS_H
#define PLASMID_LEARN_KERNELS_H
/*
 * Leaf functions of the engine: matrix products, norms, rotary positions, attention rows,
 * activations. Every one gives the same bits at every level (portable, AVX2, AVX-512) and on every
 * CPU; the rules of summation stand in docs/numerics.md. Nothing allocates or keeps state.
 *
 * Matrices are row-major; strides count elements; data may stand at any address.
 */
#include <stddef.h>
#include <stdint.h>

/* How products are computed; part of the interface. */
enum plasmid_profile {
    /* f32 left operand x right operand widened to f32, f32 FMA. */
    PLASMID_PORTABLE_F32 = 0,
    /* Both operands rounded to bf16 (nearest even), denormals as zero in and out. */
    PLASMID_BF16_DOT = 1,
};

/* Element types of a stored matrix. */
enum plasmid_element { PLASMID_F32 = 0, PLASMID_BF16 = 1, PLASMID_F16 = 2 };

/* Where the reduced index of a right operand runs. */
enum plasmid_layout {
    /* right[output][reduced]: weights as PyTorch's Linear keeps them, keys of attention. */
    PLASMID_OUTPUT_ROWS = 0,
    /* right[reduced][output]: weights as GPT-2's Conv1D keeps them, values of attention. */
    PLASMID_REDUCED_ROWS = 1,
};

/* A stored matrix. */
struct plasmid_right {
    const void *data;
    size_t stride; /* elements from row to row */
    int element;   /* enum plasmid_element */
    int layout;    /* enum plasmid_layout */
};

/* Rows that one tile of a packed left operand holds. */
enum { PLASMID_TILE_ROWS = 12 };

/* Bytes of scratch that plasmid_product needs, one block for each thread, 64-byte aligned. */
enum { PLASMID_PRODUCT_SCRATCH = 65536 };

/* Bytes of a packed left operand of `rows` x `reduced`; its memory is 64-byte aligned. */
size_t plasmid_left_bytes(int profile, size_t rows, size_t reduced);

/*
 * Packs rows of `source` (f32) for plasmid_product. Tiles [first_tile, end_tile) of
 * ceil(rows / PLASMID_TILE_ROWS) are written, so that threads can share the work.
 */
void plasmid_left_pack(
    int profile, const float *source, size_t stride, size_t rows, size_t reduced,
    size_t first_tile, size_t end_tile, void *left);

/*
 * out[row][output] = sum over reduced of left[row][reduced] * right[output, reduced], for all
 * `rows` and outputs [first, end); `out` points at output 0 of row 0. `first` is a multiple of 32.
 * Sums run as numerics.md says: blocks of 512 of the reduced index, in each one chain of FMAs from
 * +0 over pairs, odd element first; block sums added in ascending order.
 */
void plasmid_product(
    int profile, const void *left, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, float *out, size_t out_stride,
    void *scratch);

/* Six lines of C that plasmid_product is tested against; source as given to plasmid_left_pack. */
void plasmid_product_reference(
    int profile, const float *source, size_t stride, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, float *out, size_t out_stride);

/* --- norms: f64 chains in blocks of 512, rounded once --- */

/* out = x / sqrt(mean(x^2) + eps) * (weight + offset); `offset` is 0 or 1 (Gemma). */
void plasmid_rms_norm(
    const float *x, size_t count, const void *weight, int weight_element, float offset,
    double epsilon, float *out);

/* out = (x - mean) / sqrt(variance + eps) * weight + bias; `bias` may be NULL. */
void plasmid_layer_norm(
    const float *x, size_t count, const void *weight, int weight_element, const void *bias,
    int bias_element, double epsilon, float *out);

/* --- element by element --- */

/* Rotates the first 2 * `half` elements of a head in place, half layout: (x[i], x[i + half]). */
void plasmid_rope(float *head, const float *cosines, const float *sines, size_t half);

/* out = silu(gate) * up. */
void plasmid_silu_gate(const float *gate, const float *up, size_t count, float *out);

/* out = gelu(x) by tanh (GPT-2's gelu_new), or by erf; gated forms multiply by `up`. */
void plasmid_gelu_tanh(const float *x, size_t count, float *out);
void plasmid_gelu_erf(const float *x, size_t count, float *out);
void plasmid_gelu_tanh_gate(const float *gate, const float *up, size_t count, float *out);

/* y += x;   y = fma(scale, t, y);   y += bias (stored). */
void plasmid_add(float *y, const float *x, size_t count);
void plasmid_add_scaled(float *y, float scale, const float *t, size_t count);
void plasmid_add_stored(float *y, const void *x, int element, size_t count);

/* y *= stored vector (DoRA);   y *= scale. */
void plasmid_multiply_stored(float *y, const void *x, int element, size_t count);
void plasmid_scale(float *y, float scale, size_t count);

/* Widens stored elements to f32, and rounds f32 to bf16 (nearest even). */
void plasmid_widen(const void *source, int element, size_t count, float *out);
void plasmid_round_bf16(const float *source, size_t count, uint16_t *out);

/* --- attention rows --- */

/*
 * One row of scores, keys [first, end) visible, turned into probabilities times their sum: the
 * exact maximum of scale * score first, then p = exp(scale * score - max), +0 outside [first, end)
 * up to `count`. Returns the sum of p: f64 chain by absolute key index in blocks of 512, rounded
 * once.
 */
float plasmid_softmax_row(
    float *scores, float scale, size_t first, size_t end, size_t count);

/*
 * The same for `rows` rows that stand `stride` apart: keys [firsts[row], ends[row]) are visible,
 * sums[row] gets what plasmid_softmax_row returns.
 */
void plasmid_softmax_rows(
    float *scores, size_t stride, size_t rows, float scale, const size_t *firsts,
    const size_t *ends, size_t count, float *sums);

/* out = x / divisor + 0, so that no sign of a zero depends on what was masked. */
void plasmid_divide(const float *x, float divisor, size_t count, float *out);

/* --- functions of one variable, for tests and tables; the same polynomials as above --- */
float plasmid_exp(float x);
float plasmid_log(float x);
float plasmid_tanh(float x);
float plasmid_erf(float x);
/* f64 sine and cosine for rotary tables; |x| <= 2^30. */
void plasmid_sincos(double x, double *sine, double *cosine);
double plasmid_exp64(double x);
double plasmid_log64(double x);

/* Index of the largest element, the first of equals; NaN never wins. `count` >= 1. */
size_t plasmid_argmax(const float *x, size_t count);
/* Whether all elements are finite. */
int plasmid_all_finite(const void *x, int element, size_t count);

/* Checks VDPBF16PS against the rule on a fixed set of lanes; 0 where it differs (then emulated). */
int plasmid_bf16_dot_self_test(void);

/* Uses VDPBF16PS, or emulates it, from now on; 0 and no change where it cannot. For tests. */
int plasmid_bf16_dot_force(int is_native);

#endif
