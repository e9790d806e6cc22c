/* exp, tanh, erf in lanes. Coefficients: own least-maximum fits, rounded to f32. */
#include "lane_types.h"

/*
 * x = n * ln 2 + r, |r| <= 0.35; exp r = 1 + (r + r^2 q(r)). ln 2 stands in two parts, the first
 * of 9 bits, so that its product with n is exact. 2^n is multiplied in two steps, so that results
 * below the smallest normal round once.
 */
LANES_INLINE floats exp_lanes(floats x) {
    x = choose(x > 100.0f, splat(100.0f), x);
    x = choose(x < -110.0f, splat(-110.0f), x);
    floats shifted = x * 0x1.715476p+0f + 0x1.8p23f; /* rounds to an integer, ties to even */
    floats n = shifted - 0x1.8p23f;
    floats r = (x - n * 0x1.63p-1f) - n * -0x1.bd0106p-13f;
    floats q = r * 0x1.a1b824p-13f + 0x1.6d968ap-10f;
    q = q * r + 0x1.11107cp-7f;
    q = q * r + 0x1.55548p-5f;
    q = q * r + 0x1.555556p-3f;
    q = q * r + 0x1p-1f;
    floats y = 1.0f + (r + r * r * q);
    ints power = (ints)shifted - 0x4b400000, half = power >> 1;
    floats first = (floats)((half + 127) << 23), second = (floats)((power - half + 127) << 23);
    return y * first * second;
}

/* Odd polynomial near zero, 1 - 2 / (exp(2|x|) + 1) elsewhere, with the sign of x. */
LANES_INLINE floats tanh_lanes(floats x) {
    ints sign = (ints)x & (int32_t)0x80000000;
    floats a = (floats)((ints)x ^ sign), z = x * x;
    floats q = z * 0x1.24b8d0p-9f + -0x1.0efa4ep-7f;
    q = q * z + 0x1.641d46p-6f;
    q = q * z + -0x1.b9fafap-5f;
    q = q * z + 0x1.1110a0p-3f;
    q = q * z + -0x1.555554p-2f;
    floats small = a + a * z * q;
    floats large = 1.0f - 2.0f / (exp_lanes(a + a) + 1.0f);
    return (floats)((ints)choose(a < 0.6f, small, large) | sign);
}

/* Odd polynomial near zero, 1 - exp(-a p(a)) elsewhere; beyond 3.95 it rounds to 1. */
LANES_INLINE floats erf_lanes(floats x) {
    ints sign = (ints)x & (int32_t)0x80000000;
    floats a = (floats)((ints)x ^ sign), z = x * x;
    floats q = z * -0x1.395c8ap-11f + 0x1.4716c4p-8f;
    q = q * z + -0x1.b686eep-6f;
    q = q * z + 0x1.ce1a46p-4f;
    q = q * z + -0x1.8126e6p-2f;
    q = q * z + 0x1.06eba6p-3f;
    floats small = a + a * q;
    floats b = choose(a > 3.95f, splat(3.95f), a);
    floats p = b * 0x1.3755bap-18f + -0x1.5fdf6cp-15f;
    p = p * b + -0x1.1d7d76p-14f;
    p = p * b + 0x1.86bd1ap-9f;
    p = p * b + -0x1.74d744p-6f;
    p = p * b + 0x1.af7994p-4f;
    p = p * b + 0x1.456b6ep-1f;
    p = p * b + 0x1.20e956p+0f;
    floats large = 1.0f - exp_lanes(-(b * p));
    return (floats)((ints)choose(a < 0.93f, small, large) | sign);
}

LANES_INLINE floats silu_lanes(floats x) { return x / (1.0f + exp_lanes(-x)); }

/*
 * 0.5 x (1 + tanh u) with u = sqrt(2/pi) (x + 0.044715 x^3), written as x / (1 + exp(-2u)), which
 * is the same and does not cancel for negative x.
 */
LANES_INLINE floats gelu_tanh_lanes(floats x) {
    floats minus_twice = (x * -0x1.988454p+0f) * (1.0f + 0x1.6e4e26p-5f * (x * x));
    return x / (1.0f + exp_lanes(minus_twice));
}

LANES_INLINE floats gelu_erf_lanes(floats x) {
    return (0.5f * x) * (1.0f + erf_lanes(x * 0x1.6a09e6p-1f));
}
