/*
 * Scalar functions in f64, of + - * / and integer operations only, so that they give the same
 * bits everywhere: libm differs between systems. For tables, losses and samplers.
 */
#include "rounding.h"

/* x * 2^power, rounded once even where the result is denormal. */
static double scaled(double x, int power) {
    int half = power / 2;
    double first = double_of((uint64_t)(1023 + half) << 52);
    double second = double_of((uint64_t)(1023 + power - half) << 52);
    return x * first * second;
}

/* 2^n * exp(r), |r| <= ln 2 / 2, by the series of exp to r^13 / 13!. */
double plasmid_exp64(double x) {
    if (x != x) return x;
    if (x > 709.79) return double_of(0x7ff0000000000000);
    if (x < -745.2) return 0;
    /* Adding and taking away 1.5 * 2^52 rounds to an integer, ties to even. */
    double turns = x * 0x1.71547652b82fep+0;
    double n = (turns + 0x1.8p52) - 0x1.8p52;
    /* ln 2 in two parts; the first has 32 bits, so that its product with n is exact. */
    double r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
    static const double series[] = {
        1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
        1.0 / 362880.0,     1.0 / 40320.0,     1.0 / 5040.0,     1.0 / 720.0,
        1.0 / 120.0,        1.0 / 24.0,        1.0 / 6.0,        1.0 / 2.0,
    };
    double sum = series[0];
    for (int term = 1; term < 12; term++) sum = sum * r + series[term];
    double result = 1 + (r + r * r * sum);
    return scaled(result, (int)n);
}

/*
 * x = 2^n * m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1), by its
 * series to s^23.
 */
double plasmid_log64(double x) {
    if (x != x || x == double_of(0x7ff0000000000000)) return x;
    if (x < 0) return double_of(0x7ff8000000000000);
    if (x == 0) return double_of(0xfff0000000000000);
    int exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    uint64_t bits = bits_of64(x);
    exponent += (int)(bits >> 52) - 1023;
    double m = double_of((bits & 0xfffffffffffff) | 0x3ff0000000000000);
    if (m > 0x1.6a09e667f3bcdp+0) {
        m *= 0.5;
        exponent += 1;
    }
    double f = m - 1, s = f / (2 + f), z = s * s, sum = 1.0 / 23;
    for (int odd = 21; odd >= 3; odd -= 2) sum = sum * z + 1.0 / (double)odd;
    double n = (double)exponent;
    /* log m = f - s * (f - 2 z sum): the leading f is exact. */
    double small = s * (f - 2 * z * sum);
    return n * 0x1.62e42feep-1 - ((small - n * 0x1.a39ef35793c76p-33) - f);
}

static double sine_series(double r) {
    double z = r * r, sum = -1.0 / 1307674368000.0;
    static const double series[] = {
        1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0, -1.0 / 5040.0,
        1.0 / 120.0,        -1.0 / 6.0,
    };
    for (int term = 0; term < 6; term++) sum = sum * z + series[term];
    return r + r * z * sum;
}

static double cosine_series(double r) {
    double z = r * r, sum = 1.0 / 20922789888000.0;
    static const double series[] = {
        -1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0, 1.0 / 40320.0,
        -1.0 / 720.0,         1.0 / 24.0,
    };
    for (int term = 0; term < 6; term++) sum = sum * z + series[term];
    return (1 - 0.5 * z) + z * z * sum;
}

/*
 * x = n * pi/2 + r, |r| <= pi/4. pi/2 stands in four parts, the first three of 22 bits, so that
 * their products with n (at most 30 bits) are exact and nothing is lost before the last.
 */
void plasmid_sincos(double x, double *sine, double *cosine) {
    double n = (x * 0x1.45f306dc9c883p-1 + 0x1.8p52) - 0x1.8p52;
    double r = x - n * 0x1.921fb8p+0;
    r = r - n * -0x1.5dde98p-23;
    r = r - n * 0x1.846988p-48;
    r = r - n * 0x1.8cc51701b839ap-72;
    double s = sine_series(r), c = cosine_series(r);
    switch ((int64_t)n & 3) {
    case 0: *sine = s; *cosine = c; break;
    case 1: *sine = c; *cosine = -s; break;
    case 2: *sine = -s; *cosine = -c; break;
    default: *sine = -c; *cosine = s; break;
    }
}

float plasmid_log(float x) { return (float)plasmid_log64((double)x); }
