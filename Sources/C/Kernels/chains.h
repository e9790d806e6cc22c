/*
 * Sums in f64: one chain for each block of 512 elements, block sums added in ascending order. A
 * chain waits for its own last addition, so several blocks run side by side.
 */
#ifndef PLASMID_KERNELS_CHAINS_H
#define PLASMID_KERNELS_CHAINS_H
#include "rounding.h"
#include "rows.h"

/* What a chain adds. */
enum { PLAIN = 0, SQUARES = 1, PRODUCTS = 2 };

ALWAYS_INLINE double term(float x, float y, double mean, const int kind) {
    if (kind == PLAIN) return (double)x;
    if (kind == PRODUCTS) return (double)x * (double)y;
    double distance = (double)x - mean;
    return distance * distance;
}

/* `blocks` whole blocks at once; a constant where this is inlined. */
ALWAYS_INLINE void chains(
    const float *x, const float *y, double mean, const int kind, const int blocks,
    double *sums) {
    double sum[8] = {0};
    for (size_t at = 0; at < SUM_CHAIN; at++) {
        for (int block = 0; block < blocks; block++) {
            size_t place = (size_t)block * SUM_CHAIN + at;
            sum[block] += term(x[place], y[place], mean, kind);
        }
    }
    for (int block = 0; block < blocks; block++) sums[block] = sum[block];
}

ALWAYS_INLINE double total(
    const float *x, const float *y, size_t count, double mean, const int kind) {
    double result = 0;
    size_t at = 0;
    while (at < count) {
        size_t blocks = (count - at) / SUM_CHAIN, taken = 1;
        double sums[8] = {0};
        if (blocks >= 8) {
            chains(x + at, y + at, mean, kind, 8, sums);
            taken = 8;
        } else if (blocks >= 4) {
            chains(x + at, y + at, mean, kind, 4, sums);
            taken = 4;
        } else if (blocks >= 2) {
            chains(x + at, y + at, mean, kind, 2, sums);
            taken = 2;
        } else {
            for (size_t k = at; k < count && k < at + SUM_CHAIN; k++) {
                sums[0] += term(x[k], y[k], mean, kind);
            }
        }
        for (size_t block = 0; block < taken; block++) {
            result = at + block == 0 ? sums[0] : result + sums[block];
        }
        at += taken * SUM_CHAIN;
    }
    return result;
}

/* What a norm divides by, from the sum of squares. */
ALWAYS_INLINE float inverse_root(double squares, size_t count, double epsilon) {
    return (float)(1.0 / __builtin_sqrt(squares / (double)count + epsilon));
}

#endif
