/*
 * The training functions in lanes, and the table of a level. A template, see lane_types.h; the
 * including file also defines LANES_TABLE and SQUARE_ROOT(x).
 */
#include "gradients.h"
#include "lane_functions.h"
#include "lane_loops.h"

/* With s = 1 / (1 + exp(-g)): silu'(g) = s + g s (1 - s). */
LANES_TARGET static void silu_gate(
    const float *gate, const float *up, const float *gradient, size_t count, float *gate_out,
    float *up_out) {
    EACH(count, {
        floats g = LOAD(gate), d = LOAD(gradient), below = 1.0f + exp_lanes(-g);
        floats s = 1.0f / below, silu = g / below;
        floats to_gate = (d * LOAD(up)) * (s + silu * (1.0f - s));
        STORE(up_out, d * silu);
        STORE(gate_out, to_gate);
    });
}

/* gelu(x) = x s with s = 1 / (1 + exp(-2u)); its derivative is s + x s (1 - s) 2u'. */
LANES_TARGET static void gelu_tanh(
    const float *x, const float *gradient, size_t count, float *out) {
    EACH(count, {
        floats v = LOAD(x), z = v * v;
        floats minus_twice = (v * -0x1.988454p+0f) * (1.0f + 0x1.6e4e26p-5f * z);
        floats s = 1.0f / (1.0f + exp_lanes(minus_twice));
        floats slope = 0x1.988454p+0f * (1.0f + 0x1.12ba9ep-3f * z);
        STORE(out, LOAD(gradient) * (s + (v * s) * ((1.0f - s) * slope)));
    });
}

/* The normal distribution and x times its density. */
LANES_TARGET static void gelu_erf(
    const float *x, const float *gradient, size_t count, float *out) {
    EACH(count, {
        floats v = LOAD(x);
        floats below = 0.5f * (1.0f + erf_lanes(v * 0x1.6a09e6p-1f));
        floats density = 0x1.988454p-2f * exp_lanes((v * v) * -0.5f);
        STORE(out, LOAD(gradient) * (below + v * density));
    });
}

LANES_TARGET static void rope(float *head, const float *cosines, const float *sines, size_t half) {
    float *upper = head + half;
    EACH(half, {
        floats a = LOAD(head), b = LOAD(upper), c = LOAD(cosines), s = LOAD(sines);
        STORE(head, a * c + b * s);
        STORE(upper, b * c - a * s);
    });
}

LANES_TARGET static void weigh(
    float *gradient, const void *weight, int weight_element, float offset, size_t count) {
    EACH_STORED(weight_element, count, {
        STORE(gradient, LOAD(gradient) * (LOAD_STORED(weight, kind) + offset));
    });
}

LANES_TARGET static void rms_apply(
    const float *x, const float *gradient, size_t count, float factor, float share, float *out) {
    EACH(count, {
        STORE(out, LOAD(out) + (LOAD(gradient) * factor - LOAD(x) * share));
    });
}

LANES_TARGET static void normalise(
    const float *x, size_t count, double mean, float factor, float *out) {
    typedef double doubles __attribute__((vector_size(LANES * 8)));
    EACH(count, {
        doubles wide = __builtin_convertvector(LOAD(x), doubles) - mean;
        STORE(out, __builtin_convertvector(wide, floats) * factor);
    });
}

LANES_TARGET static void layer_apply(
    const float *normal, const float *gradient, size_t count, float mean, float share,
    float factor, float *out) {
    EACH(count, {
        floats centred = (LOAD(gradient) - mean) - LOAD(normal) * share;
        STORE(out, LOAD(out) + centred * factor);
    });
}

LANES_TARGET static void softmax(
    float *weights, float sum, float *gradient, float mean, float scale, size_t count) {
    EACH(count, {
        floats p = LOAD(weights) / sum;
        STORE(gradient, (p * (LOAD(gradient) - mean)) * scale);
        STORE(weights, p);
    });
}

LANES_TARGET static void adamw(
    const struct plasmid_adamw *adamw, const float *gradient, size_t count, float *values,
    float *means, float *squares) {
    const struct plasmid_adamw a = *adamw;
    EACH(count, {
        floats g = LOAD(gradient) * a.clip, m = LOAD(means);
        m = m + (g - m) * a.first;
        floats v = LOAD(squares) * a.second + (g * g) * a.fresh;
        floats root = SQUARE_ROOT(v) / a.correction + a.epsilon;
        STORE(values, LOAD(values) * a.decay - (m / root) * a.rate);
        STORE(means, m);
        STORE(squares, v);
    });
}

const struct gradient_functions LANES_TABLE = {
    .silu_gate = silu_gate,
    .gelu_tanh = gelu_tanh,
    .gelu_erf = gelu_erf,
    .rope = rope,
    .weigh = weigh,
    .rms_apply = rms_apply,
    .normalise = normalise,
    .layer_apply = layer_apply,
    .softmax = softmax,
    .adamw = adamw,
};
