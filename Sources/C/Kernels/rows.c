/* Row functions: the level's table behind the public names, and the f64 chains. */
#include "rows.h"
#include "rounding.h"

const struct row_functions *plasmid_rows(void) {
#if defined(__x86_64__)
    int level = plasmid_kernels_level();
    if (level == PLASMID_KERNELS_AVX512) return &plasmid_rows_avx512;
    if (level == PLASMID_KERNELS_AVX2) return &plasmid_rows_avx2;
#endif
    return &plasmid_rows_portable;
}

void plasmid_rope(float *head, const float *cosines, const float *sines, size_t half) {
    plasmid_rows()->rope(head, cosines, sines, half);
}

void plasmid_silu_gate(const float *gate, const float *up, size_t count, float *out) {
    plasmid_rows()->silu_gate(gate, up, count, out);
}

void plasmid_gelu_tanh(const float *x, size_t count, float *out) {
    plasmid_rows()->gelu_tanh(x, count, out);
}

void plasmid_gelu_erf(const float *x, size_t count, float *out) {
    plasmid_rows()->gelu_erf(x, count, out);
}

void plasmid_gelu_tanh_gate(const float *gate, const float *up, size_t count, float *out) {
    plasmid_rows()->gelu_tanh_gate(gate, up, count, out);
}

void plasmid_add(float *y, const float *x, size_t count) { plasmid_rows()->add(y, x, count); }

void plasmid_add_scaled(float *y, float scale, const float *t, size_t count) {
    plasmid_rows()->add_scaled(y, scale, t, count);
}

void plasmid_add_stored(float *y, const void *x, int element, size_t count) {
    plasmid_rows()->add_stored(y, x, element, count);
}

void plasmid_multiply_stored(float *y, const void *x, int element, size_t count) {
    plasmid_rows()->multiply_stored(y, x, element, count);
}

void plasmid_scale(float *y, float scale, size_t count) { plasmid_rows()->scale(y, scale, count); }

void plasmid_divide(const float *x, float divisor, size_t count, float *out) {
    plasmid_rows()->divide(x, divisor, count, out);
}

void plasmid_widen(const void *source, int element, size_t count, float *out) {
    plasmid_rows()->widen(source, element, count, out);
}

void plasmid_round_bf16(const float *source, size_t count, uint16_t *out) {
    plasmid_rows()->round_bf16(source, count, out);
}

size_t plasmid_argmax(const float *x, size_t count) { return plasmid_rows()->argmax(x, count); }

int plasmid_all_finite(const void *x, int element, size_t count) {
    return plasmid_rows()->all_finite(x, element, count);
}

float plasmid_exp(float x) { return plasmid_rows()->exp(x); }
float plasmid_tanh(float x) { return plasmid_rows()->tanh(x); }
float plasmid_erf(float x) { return plasmid_rows()->erf(x); }
