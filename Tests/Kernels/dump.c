/*
 * Linked into the program by replay.sh with --wrap=plasmid_product: writes every n-th product that
 * the program computes, n = PLASMID_DUMP_EVERY, behind the file PLASMID_DUMP. Nothing of it is part
 * of the program itself.
 */
#include "learn_kernels.h"
#include "product_dump.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

void __real_plasmid_product(
    int profile, const void *left, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, float *out, size_t out_stride,
    void *scratch);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t seen;

static void put(FILE *file, const void *bytes, size_t count) {
    if (count > 0 && fwrite(bytes, 1, count, file) != count) {
        perror("product dump");
        abort();
    }
}

static void dump(
    int profile, const void *left, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, const float *out,
    size_t out_stride) {
    const char *path = getenv("PLASMID_DUMP");
    FILE *file = path == NULL ? NULL : fopen(path, "ab");
    if (file == NULL) return;
    size_t size = right->element == PLASMID_F32 ? 4 : 2;
    int by_output = right->layout == PLASMID_OUTPUT_ROWS;
    size_t lines = by_output ? end - first : reduced, width = by_output ? reduced : end - first;
    size_t start = by_output ? first * right->stride : first;
    struct product_head head = {
        PRODUCT_MAGIC, profile, right->element, right->layout, rows, reduced, first, end,
        plasmid_left_bytes(profile, rows, reduced), lines * width * size,
    };
    put(file, &head, sizeof head);
    put(file, left, head.left_bytes);
    for (size_t line = 0; line < lines; line++) {
        const char *data = right->data;
        put(file, data + (start + line * right->stride) * size, width * size);
    }
    for (size_t row = 0; row < rows; row++) {
        put(file, out + row * out_stride + first, (end - first) * sizeof(float));
    }
    if (fclose(file) != 0) abort();
}

void __wrap_plasmid_product(
    int profile, const void *left, size_t rows, size_t reduced,
    const struct plasmid_right *right, size_t first, size_t end, float *out, size_t out_stride,
    void *scratch) {
    __real_plasmid_product(
        profile, left, rows, reduced, right, first, end, out, out_stride, scratch);
    const char *every = getenv("PLASMID_DUMP_EVERY");
    uint64_t step = every == NULL ? 0 : strtoull(every, NULL, 10);
    if (step == 0 || rows == 0 || first >= end) return;
    pthread_mutex_lock(&lock);
    if (seen++ % step == 0) {
        dump(profile, left, rows, reduced, right, first, end, out, out_stride);
    }
    pthread_mutex_unlock(&lock);
}
