/* What the files of the matrix product share. */
#ifndef PLASMID_KERNELS_PRODUCT_H
#define PLASMID_KERNELS_PRODUCT_H
#include "kernels.h"
#include "rounding.h"

enum {
    SUM_BLOCK = 512,  /* elements of the reduced index whose products form one chain */
    PANEL_WIDTH = 32, /* outputs of one panel */
};

/*
 * A panel: outputs [output, output + width) by reduced elements [start, start + length) of the
 * right operand, widened or rounded and laid out in the order in which the chain takes them. An
 * odd length ends in a pair with a zero element, which meets -0 in the left operand: adding
 * (-0 * +0) changes nothing, not even the sign of a zero.
 */
struct panel {
    const struct plasmid_right *right;
    int profile;
    size_t output;
    int width;
    size_t start;
    int length;
};

/* One tile of rows by one panel of outputs. */
struct tile {
    const void *left;  /* [pair][odd, even][row] f32, or [pair][row] two bf16 */
    const void *panel; /* as the level's pack function left it, or stored rows */
    size_t stored_stride; /* elements from stored row to row; 0 for a packed panel */
    int rows;          /* 1...PLASMID_TILE_ROWS */
    int pairs;
    int width;         /* 1...PANEL_WIDTH */
    int is_first;      /* stores the sums; later blocks are added */
    float *out;
    size_t out_stride;
};

/* A whole call of plasmid_product. */
struct product {
    int profile;
    const uint8_t *left;
    size_t rows;
    size_t reduced;
    const struct plasmid_right *right;
    size_t first;
    size_t end;
    float *out;
    size_t out_stride;
    void *scratch;
};

typedef void (*pack_function)(const struct panel *panel, void *to);
typedef void (*tile_function)(const struct tile *tile);

/* How a level computes products of a profile and element type. */
struct product_steps {
    pack_function pack;
    tile_function tile;
    /* Products of 1...few_rows rows straight from the stored matrix; NULL where there are none. */
    void (*const *few)(const struct product *product);
    size_t few_rows;
    int reads_stored; /* a tile can read a whole panel as it is stored, by reduced element */
    int flushes;      /* the steps need denormals as zero in the control register */
};

struct product_steps plasmid_product_portable(int profile, int element, int layout);
struct product_steps plasmid_product_avx2(int profile, int element, int layout);
struct product_steps plasmid_product_avx512(int profile, int element, int layout);

/*
 * Packs as much of a tile of the left operand as fills vectors; returns how many elements of the
 * reduced index are done, an even number.
 */
size_t plasmid_left_tile_avx512(
    int profile, const float *source, size_t stride, size_t rows, size_t reduced, void *to);

/* Whether products use VDPBF16PS: found by the self test, or forced by a test. */
int plasmid_bf16_dot_is_native(void);

/* Rows of a packed operand are spread evenly over its tiles, so that no tile is nearly empty. */
static inline size_t tile_count(size_t rows) {
    return (rows + PLASMID_TILE_ROWS - 1) / PLASMID_TILE_ROWS;
}

static inline size_t tile_start(size_t tile, size_t rows) {
    size_t tiles = tile_count(rows);
    size_t each = rows / tiles, more = rows % tiles;
    return tile * each + (tile < more ? tile : more);
}

/* Bytes of one row and pair in a packed left operand. */
static inline size_t pair_bytes(int profile) {
    return profile == PLASMID_BF16_DOT ? 4 : 8;
}

static inline size_t element_bytes(int element) { return element == PLASMID_F32 ? 4 : 2; }

#endif
