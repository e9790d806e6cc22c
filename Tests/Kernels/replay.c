/*
 * Computes the products of a file that dump.c wrote again, at the level named, and compares every
 * result bit for bit. Prints the number of products, of results and of different ones, and one FNV-1a
 * digest over all results computed here.
 */
#include "kernels.h"
#include "learn_kernels.h"
#include "product_dump.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *aligned(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (memory == NULL) abort();
    return memory;
}

static void get(FILE *file, void *bytes, size_t count) {
    if (count > 0 && fread(bytes, 1, count, file) != count) {
        fprintf(stderr, "the file ends within a product\n");
        exit(2);
    }
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    const char *level = arguments[1];
    int number = PLASMID_KERNELS_PORTABLE;
    if (strcmp(level, "avx2") == 0) number = PLASMID_KERNELS_AVX2;
    if (strcmp(level, "avx512") == 0) number = PLASMID_KERNELS_AVX512;
    if (!plasmid_kernels_force(number)) return 3; /* this CPU cannot */
    FILE *file = fopen(arguments[2], "rb");
    if (file == NULL) return 2;
    uint64_t products = 0, results = 0, different = 0, digest = 0xcbf29ce484222325u;
    void *scratch = aligned(PLASMID_PRODUCT_SCRATCH);
    struct product_head head;
    while (fread(&head, sizeof head, 1, file) == 1) {
        if (head.magic != PRODUCT_MAGIC) return 2;
        size_t width = head.end - head.first, cells = head.rows * width;
        void *left = aligned(head.left_bytes), *right_data = aligned(head.right_bytes);
        float *expected = aligned(cells * sizeof(float)), *out = aligned(cells * sizeof(float));
        get(file, left, head.left_bytes);
        get(file, right_data, head.right_bytes);
        get(file, expected, cells * sizeof(float));
        struct plasmid_right right = {
            right_data, head.layout == PLASMID_OUTPUT_ROWS ? head.reduced : width, head.element,
            head.layout,
        };
        plasmid_product(
            head.profile, left, head.rows, head.reduced, &right, 0, width, out, width, scratch);
        for (size_t cell = 0; cell < cells; cell++) {
            uint32_t bits, wanted;
            memcpy(&bits, out + cell, sizeof bits);
            memcpy(&wanted, expected + cell, sizeof wanted);
            different += bits != wanted;
            for (int byte = 0; byte < 4; byte++) {
                digest = (digest ^ (bits >> 8 * byte & 0xff)) * 0x100000001b3u;
            }
        }
        products++;
        results += cells;
        free(left), free(right_data), free(expected), free(out);
    }
    printf("%llu products, %llu results, %llu different, digest %016llx\n",
           (unsigned long long)products, (unsigned long long)results,
           (unsigned long long)different, (unsigned long long)digest);
    return products == 0 || different > 0;
}
