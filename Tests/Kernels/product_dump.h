#ifndef PLASMID_PRODUCT_DUMP_H
#define PLASMID_PRODUCT_DUMP_H
/*
 * A file of products: for each one this head, then its packed left operand, the stored rows of the
 * right operand that outputs [first, end) need, and rows x (end - first) results in f32, all as they
 * lay in memory (little-endian on every machine that this runs on).
 */
#include <stdint.h>

struct product_head {
    uint32_t magic; /* PRODUCT_MAGIC */
    int32_t profile, element, layout;
    uint64_t rows, reduced, first, end, left_bytes, right_bytes;
};

enum { PRODUCT_MAGIC = 0x50524f44 };

#endif
