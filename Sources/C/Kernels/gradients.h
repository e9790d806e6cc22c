/* The training functions of a level, as a table; every level computes the same bits. */
#ifndef PLASMID_KERNELS_GRADIENTS_H
#define PLASMID_KERNELS_GRADIENTS_H
#include "kernels.h"
#include "training_kernels.h"

struct gradient_functions {
    void (*silu_gate)(
        const float *gate, const float *up, const float *gradient, size_t count, float *gate_out,
        float *up_out);
    void (*gelu_tanh)(const float *x, const float *gradient, size_t count, float *out);
    void (*gelu_erf)(const float *x, const float *gradient, size_t count, float *out);
    void (*rope)(float *head, const float *cosines, const float *sines, size_t half);
    /* gradient *= weight + offset */
    void (*weigh)(
        float *gradient, const void *weight, int weight_element, float offset, size_t count);
    /* out += gradient * factor - x * share */
    void (*rms_apply)(
        const float *x, const float *gradient, size_t count, float factor, float share,
        float *out);
    /* out = (float)(x - mean) * factor */
    void (*normalise)(const float *x, size_t count, double mean, float factor, float *out);
    /* out += ((gradient - mean) - normal * share) * factor */
    void (*layer_apply)(
        const float *normal, const float *gradient, size_t count, float mean, float share,
        float factor, float *out);
    /* weights /= sum; gradient = (weights * (gradient - mean)) * scale */
    void (*softmax)(
        float *weights, float sum, float *gradient, float mean, float scale, size_t count);
    void (*adamw)(
        const struct plasmid_adamw *adamw, const float *gradient, size_t count, float *values,
        float *means, float *squares);
};

extern const struct gradient_functions plasmid_gradients_portable;
extern const struct gradient_functions plasmid_gradients_avx2;
extern const struct gradient_functions plasmid_gradients_avx512;

/* Those of the level in use. */
const struct gradient_functions *plasmid_gradients(void);

#endif
