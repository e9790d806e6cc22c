/*
 * The product in plain C: any CPU, and what the other levels are compared with. Panels are f32 in
 * chain order, [step][PANEL_WIDTH]; the sums of a panel's outputs stand side by side, so that the
 * compiler can compute several in lanes.
 */
#include "product.h"

static void pack(const struct panel *panel, void *to) {
    const struct plasmid_right *right = panel->right;
    int is_bf16 = panel->profile == PLASMID_BF16_DOT;
    int by_output = right->layout == PLASMID_OUTPUT_ROWS;
    size_t steps = (size_t)(panel->length + 1) / 2 * 2;
    for (size_t step = 0; step < steps; step++) {
        float *line = (float *)to + step * PANEL_WIDTH;
        size_t k = step ^ 1;
        memset(line, 0, PANEL_WIDTH * sizeof(float));
        if (k >= (size_t)panel->length) continue;
        for (size_t lane = 0; lane < (size_t)panel->width; lane++) {
            size_t output = panel->output + lane, reduced = panel->start + k;
            size_t at = by_output ? output * right->stride + reduced
                                  : reduced * right->stride + output;
            float x = stored(right->data, right->element, at);
            line[lane] = is_bf16 ? flushed(from_bf16(bf16_of(x))) : x;
        }
    }
}

static void finish(const struct tile *tile, int row, const float *sums, int flushes) {
    float *out = tile->out + (size_t)row * tile->out_stride;
    for (int lane = 0; lane < tile->width; lane++) {
        float sum = sums[lane];
        if (!tile->is_first) sum = out[lane] + sum;
        out[lane] = flushes && !tile->is_first ? flushed(sum) : sum;
    }
}

static void tile_f32(const struct tile *tile) {
    for (int row = 0; row < tile->rows; row++) {
        float sums[PANEL_WIDTH] = {0};
        const float *left = (const float *)tile->left + row, *line = tile->panel;
        for (int step = 0; step < tile->pairs * 2; step++) {
            float x = left[(size_t)step * (size_t)tile->rows];
            for (int lane = 0; lane < PANEL_WIDTH; lane++) {
                sums[lane] = fused(x, line[lane], sums[lane]);
            }
            line += PANEL_WIDTH;
        }
        finish(tile, row, sums, 0);
    }
}

static void tile_bf16(const struct tile *tile) {
    for (int row = 0; row < tile->rows; row++) {
        float sums[PANEL_WIDTH] = {0};
        const uint32_t *left = (const uint32_t *)tile->left + row;
        const float *line = tile->panel;
        for (int pair = 0; pair < tile->pairs; pair++) {
            uint32_t word = left[(size_t)pair * (size_t)tile->rows];
            float odd = flushed(float_of(word & 0xffff0000)), even = flushed(float_of(word << 16));
            for (int lane = 0; lane < PANEL_WIDTH; lane++) {
                float sum = fused_flushing(odd, line[lane], sums[lane]);
                sums[lane] = fused_flushing(even, line[PANEL_WIDTH + lane], sum);
            }
            line += 2 * PANEL_WIDTH;
        }
        finish(tile, row, sums, 1);
    }
}

struct product_steps plasmid_product_portable(int profile, int element, int layout) {
    (void)element;
    (void)layout;
    return (struct product_steps){
        .pack = pack,
        .tile = profile == PLASMID_BF16_DOT ? tile_bf16 : tile_f32,
    };
}
