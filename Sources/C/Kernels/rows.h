/* The row functions of a level, as a table; every level computes the same bits. */
#ifndef PLASMID_KERNELS_ROWS_H
#define PLASMID_KERNELS_ROWS_H
#include "kernels.h"
#include "learn_kernels.h"

enum { SUM_CHAIN = 512 }; /* elements of one f64 chain */

struct row_functions {
    void (*silu_gate)(const float *gate, const float *up, size_t count, float *out);
    void (*gelu_tanh)(const float *x, size_t count, float *out);
    void (*gelu_erf)(const float *x, size_t count, float *out);
    void (*gelu_tanh_gate)(const float *gate, const float *up, size_t count, float *out);
    void (*rope)(float *head, const float *cosines, const float *sines, size_t half);
    void (*add)(float *y, const float *x, size_t count);
    void (*add_scaled)(float *y, float scale, const float *t, size_t count);
    void (*add_stored)(float *y, const void *x, int element, size_t count);
    void (*multiply_stored)(float *y, const void *x, int element, size_t count);
    void (*scale)(float *y, float scale, size_t count);
    void (*divide)(const float *x, float divisor, size_t count, float *out);
    void (*widen)(const void *source, int element, size_t count, float *out);
    void (*round_bf16)(const float *source, size_t count, uint16_t *out);
    /* scores = exp(scale * scores - their maximum). */
    void (*exponentials)(float *scores, float scale, size_t count);
    size_t (*argmax)(const float *x, size_t count);
    int (*all_finite)(const void *x, int element, size_t count);
    /* out = (x * factor) * (weight + offset) */
    void (*rms_apply)(
        const float *x, size_t count, float factor, const void *weight, int weight_element,
        float offset, float *out);
    /* out = ((float)(x - mean) * factor) * weight + bias */
    void (*layer_apply)(
        const float *x, size_t count, double mean, float factor, const void *weight,
        int weight_element, const void *bias, int bias_element, float *out);
    float (*exp)(float x);
    float (*tanh)(float x);
    float (*erf)(float x);
};

extern const struct row_functions plasmid_rows_portable;
extern const struct row_functions plasmid_rows_avx2;
extern const struct row_functions plasmid_rows_avx512;

/* Those of the level in use. */
const struct row_functions *plasmid_rows(void);

#endif
