/*
 * Dropout whose numbers are counted, not drawn in turn: element i of a row needs nothing but its
 * place. Philox4x32-10 (Salmon et al. 2011), whose four words serve four neighbours.
 */
#include "rounding.h"
#include "training_kernels.h"

enum { GROUPS = 16 }; /* counters that the compiler may compute side by side */

/* The words of counters `first`...: word w of counter g stands in words[w][g]. */
static void draw(const struct plasmid_dropout *dropout, uint32_t first, uint32_t words[4][GROUPS]) {
    for (int g = 0; g < GROUPS; g++) {
        words[0][g] = first + (uint32_t)g;
        words[1][g] = dropout->row;
        words[2][g] = dropout->stream;
        words[3][g] = dropout->step;
    }
    uint32_t low = dropout->key[0], high = dropout->key[1];
    for (int round = 0; round < 10; round++) {
        for (int g = 0; g < GROUPS; g++) {
            uint64_t a = (uint64_t)words[0][g] * 0xd2511f53, b = (uint64_t)words[2][g] * 0xcd9e8d57;
            words[0][g] = (uint32_t)(b >> 32) ^ words[1][g] ^ low;
            words[1][g] = (uint32_t)b;
            words[2][g] = (uint32_t)(a >> 32) ^ words[3][g] ^ high;
            words[3][g] = (uint32_t)a;
        }
        low += 0x9e3779b9;
        high += 0xbb67ae85;
    }
}

void plasmid_dropout_row(
    const struct plasmid_dropout *dropout, size_t first, const float *x, size_t count,
    float *out) {
    uint32_t words[4][GROUPS];
    uint64_t threshold = (uint64_t)(dropout->probability * 0x1p32);
    float scale = (float)(1.0 / (1.0 - dropout->probability));
    for (size_t start = 0; start < count; start += 4 * GROUPS) {
        draw(dropout, (uint32_t)((first + start) / 4), words);
        size_t end = count - start < 4 * GROUPS ? count : start + 4 * GROUPS;
        for (size_t at = start; at < end; at++) {
            size_t place = at - start;
            int is_kept = words[place % 4][place / 4] >= threshold;
            out[at] = is_kept ? x[at] * scale : 0.0f;
        }
    }
}
