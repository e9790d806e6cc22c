/*
 * The row functions in lanes, and the table of a level. A template, see lane_types.h; the
 * including file also defines LANES_TABLE.
 */
#include "lane_functions.h"
#include "lane_loops.h"
#include "rows.h"

LANES_TARGET static void silu_gate(const float *gate, const float *up, size_t count, float *out) {
    EACH(count, { STORE(out, silu_lanes(LOAD(gate)) * LOAD(up)); });
}

LANES_TARGET static void gelu_tanh(const float *x, size_t count, float *out) {
    EACH(count, { STORE(out, gelu_tanh_lanes(LOAD(x))); });
}

LANES_TARGET static void gelu_erf(const float *x, size_t count, float *out) {
    EACH(count, { STORE(out, gelu_erf_lanes(LOAD(x))); });
}

LANES_TARGET static void gelu_tanh_gate(
    const float *gate, const float *up, size_t count, float *out) {
    EACH(count, { STORE(out, gelu_tanh_lanes(LOAD(gate)) * LOAD(up)); });
}

LANES_TARGET static void rope(float *head, const float *cosines, const float *sines, size_t half) {
    float *upper = head + half;
    EACH(half, {
        floats a = LOAD(head), b = LOAD(upper), c = LOAD(cosines), s = LOAD(sines);
        STORE(head, a * c - b * s);
        STORE(upper, b * c + a * s);
    });
}

LANES_TARGET static void add(float *y, const float *x, size_t count) {
    EACH(count, { STORE(y, LOAD(y) + LOAD(x)); });
}

LANES_TARGET static void add_scaled(float *y, float scale, const float *t, size_t count) {
    floats factor = splat(scale);
    EACH(count, { STORE(y, FUSED(factor, LOAD(t), LOAD(y))); });
}

LANES_TARGET static void add_stored(float *y, const void *x, int element, size_t count) {
    EACH_STORED(element, count, { STORE(y, LOAD(y) + LOAD_STORED(x, kind)); });
}

LANES_TARGET static void multiply_stored(float *y, const void *x, int element, size_t count) {
    EACH_STORED(element, count, { STORE(y, LOAD(y) * LOAD_STORED(x, kind)); });
}

LANES_TARGET static void scale_row(float *y, float scale, size_t count) {
    EACH(count, { STORE(y, LOAD(y) * scale); });
}

LANES_TARGET static void divide(const float *x, float divisor, size_t count, float *out) {
    EACH(count, { STORE(out, LOAD(x) / divisor + 0.0f); });
}

LANES_TARGET static void widen(const void *source, int element, size_t count, float *out) {
    EACH_STORED(element, count, { STORE(out, LOAD_STORED(source, kind)); });
}

LANES_TARGET static void round_bf16(const float *source, size_t count, uint16_t *out) {
    EACH(count, {
        floats x = LOAD(source);
        words bits = (words)x;
        words up = bits + (0x7fff + (bits >> 16 & 1));
        up = (words)choose(x != x, (floats)(bits | 0x400000), (floats)up) >> 16;
        halves half = __builtin_convertvector(up, halves);
        memcpy(out + at, &half, some * 2);
    });
}

LANES_TARGET static void exponentials(float *scores, float scale, size_t count) {
    floats lanes = splat(-__builtin_inff());
    EACH(count, {
        floats x = LOAD(scores) * scale;
        if (some < LANES) {
            /* The lanes past the end must not win. */
            floats padded = lanes;
            memcpy(&padded, &x, some * 4);
            x = padded;
        }
        lanes = larger(lanes, x);
    });
    float most = lanes[0];
    for (int lane = 1; lane < LANES; lane++) most = lanes[lane] > most ? lanes[lane] : most;
    EACH(count, { STORE(scores, exp_lanes(LOAD(scores) * scale - most)); });
}

/* The largest value first, then the first element equal to it. */
LANES_TARGET static size_t argmax(const float *x, size_t count) {
    floats lanes = splat(-__builtin_inff());
    size_t at = 0;
    for (; at + LANES <= count; at += LANES) lanes = larger(lanes, load(x + at));
    float most = -__builtin_inff();
    for (int lane = 0; lane < LANES; lane++) most = lanes[lane] > most ? lanes[lane] : most;
    for (; at < count; at++) most = x[at] > most ? x[at] : most;
    for (at = 0; at + LANES <= count; at += LANES) {
        ints same = load(x + at) == most;
        uint64_t pairs[LANES / 2], any = 0;
        memcpy(pairs, &same, sizeof same);
        for (int pair = 0; pair < LANES / 2; pair++) any |= pairs[pair];
        if (any != 0) break;
    }
    for (; at < count; at++) {
        if (x[at] == most) return at;
    }
    return 0; /* nothing but NaN */
}

/* Two stored halves or one f32 in each word; an exponent of ones is infinite or NaN. */
LANES_TARGET static int all_finite(const void *x, int element, size_t count) {
    uint32_t high = element == PLASMID_F32 ? 0x7f800000 : element == PLASMID_BF16 ? 0x7f800000
                                                                                   : 0x7c000000;
    uint32_t low = element == PLASMID_F32 ? high : high >> 16;
    size_t bytes = count * (element == PLASMID_F32 ? 4 : 2), at = 0;
    ints found = {0};
    for (; at < bytes; at += LANES * 4) {
        size_t some = bytes - at < LANES * 4 ? bytes - at : LANES * 4;
        words word = {0};
        if (some == LANES * 4) {
            memcpy(&word, (const uint8_t *)x + at, LANES * 4);
        } else {
            memcpy(&word, (const uint8_t *)x + at, some);
        }
        found |= ((word & high) == high) | ((word & low) == low);
    }
    int any = 0;
    for (int lane = 0; lane < LANES; lane++) any |= found[lane];
    return any == 0;
}

LANES_TARGET static void rms_apply(
    const float *x, size_t count, float factor, const void *weight, int weight_element,
    float offset, float *out) {
    EACH_STORED(weight_element, count, {
        STORE(out, (LOAD(x) * factor) * (LOAD_STORED(weight, kind) + offset));
    });
}

/* The difference is taken in f64 and rounded to f32. */
LANES_INLINE floats difference(floats x, double mean) {
    typedef double doubles __attribute__((vector_size(LANES * 8)));
    return __builtin_convertvector(__builtin_convertvector(x, doubles) - mean, floats);
}

LANES_TARGET static void layer_apply(
    const float *x, size_t count, double mean, float factor, const void *weight,
    int weight_element, const void *bias, int bias_element, float *out) {
    EACH_STORED(weight_element, count, {
        STORE(out, (difference(LOAD(x), mean) * factor) * LOAD_STORED(weight, kind));
    });
    if (bias != NULL) add_stored(out, bias, bias_element, count);
}

LANES_TARGET static float exp_one(float x) { return exp_lanes(splat(x))[0]; }
LANES_TARGET static float tanh_one(float x) { return tanh_lanes(splat(x))[0]; }
LANES_TARGET static float erf_one(float x) { return erf_lanes(splat(x))[0]; }

const struct row_functions LANES_TABLE = {
    .silu_gate = silu_gate,
    .gelu_tanh = gelu_tanh,
    .gelu_erf = gelu_erf,
    .gelu_tanh_gate = gelu_tanh_gate,
    .rope = rope,
    .add = add,
    .add_scaled = add_scaled,
    .add_stored = add_stored,
    .multiply_stored = multiply_stored,
    .scale = scale_row,
    .divide = divide,
    .widen = widen,
    .round_bf16 = round_bf16,
    .exponentials = exponentials,
    .argmax = argmax,
    .all_finite = all_finite,
    .rms_apply = rms_apply,
    .layer_apply = layer_apply,
    .exp = exp_one,
    .tanh = tanh_one,
    .erf = erf_one,
};
