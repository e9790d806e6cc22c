/*
 * Runs a fixed set of operands, made by a hash, through every numeric kernel at one level and
 * prints one digest of the output bits for each kernel: FNV-1a of 64 bits over bytes. Builds that
 * print the same lines compute the same bits. conformance.sh compares levels, compilers and CPUs;
 * the digests stand in Tests/Vectors/kernels.json.
 *
 * usage: conformance [portable | avx2 | avx512 | emulated]; emulated is avx512 without VDPBF16PS.
 */
#include "kernels.h"
#include "learn_kernels.h"
#include "training_kernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Word `index` of stream `stream`. */
static uint32_t drawn(uint64_t stream, uint64_t index) {
    uint64_t hash = (stream << 32) + index + 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((hash ^ hash >> 31) >> 16);
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

/* An f32 with an exponent of eight from `exponent` on; one of 64 is denormal, one a zero. */
static uint32_t value(uint64_t stream, uint64_t index, uint32_t exponent) {
    uint32_t word = drawn(stream, index), kind = drawn(stream + 1000, index) % 64;
    if (kind == 0) return word & 0x807fffff;
    if (kind == 1) return word & 0x80000000;
    return (word & 0x807fffff) | (exponent + (word >> 23 & 7)) << 23;
}

/* The same as f16: a bit pattern of small exponent, so that no sum overflows. */
static uint16_t value16(uint64_t stream, uint64_t index) {
    return (uint16_t)(drawn(stream, index) & 0xbfff);
}

struct digest { uint64_t hash; };

static void take(struct digest *digest, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        digest->hash = (digest->hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    }
}

static struct digest begin(void) { return (struct digest){0xcbf29ce484222325u}; }

static void finish(const char *name, struct digest digest) {
    printf("%s %016llx\n", name, (unsigned long long)digest.hash);
}

enum { LARGEST = 70 * 1030 };
static uint8_t weights[LARGEST * 4];
static float x[LARGEST], out[LARGEST];
static uint8_t scratch[PLASMID_PRODUCT_SCRATCH] __attribute__((aligned(64)));
static uint8_t left[LARGEST * 4] __attribute__((aligned(64)));

static void store_weights(size_t count, int element, uint64_t stream, uint32_t exponent) {
    for (size_t i = 0; i < count; i++) {
        uint32_t word = value(stream, i, exponent);
        uint16_t half = (uint16_t)(word >> 16);
        if (element == PLASMID_F16) half = value16(stream, i);
        if (element == PLASMID_F32) memcpy(weights + i * 4, &word, 4);
        if (element != PLASMID_F32) memcpy(weights + i * 2, &half, 2);
    }
}

/* rows, outputs, reduced, exponent of all values: 60 puts products near the smallest normal. */
static const size_t shapes[][4] = {
    {1, 1, 1, 120},    {2, 33, 31, 60},    {12, 64, 512, 120}, {13, 45, 513, 60},
    {25, 70, 1030, 120}, {4, 100, 700, 60}, {3, 17, 1025, 58},
};

static struct digest product(int profile, int element, int layout) {
    struct digest digest = begin();
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
        size_t rows = shapes[shape][0], outputs = shapes[shape][1], reduced = shapes[shape][2];
        uint32_t exponent = (uint32_t)shapes[shape][3];
        for (size_t i = 0; i < rows * reduced; i++) {
            x[i] = float_of(value(2 * shape, i, exponent));
        }
        store_weights(outputs * reduced, element, 2 * shape + 1, exponent);
        struct plasmid_right right = {
            weights, layout == PLASMID_OUTPUT_ROWS ? reduced : outputs, element, layout,
        };
        size_t tiles = (rows + PLASMID_TILE_ROWS - 1) / PLASMID_TILE_ROWS;
        plasmid_left_pack(profile, x, reduced, rows, reduced, 0, tiles, left);
        plasmid_product(
            profile, left, rows, reduced, &right, 0, outputs, out, outputs, scratch);
        take(&digest, out, rows * outputs * 4);
    }
    return digest;
}

static void products(void) {
    static const char *const elements[] = {"f32", "bf16", "f16"};
    static const char *const layouts[] = {"outputs", "reduced"};
    static const char *const profiles[] = {"portable-f32", "bf16dot"};
    for (int profile = 0; profile < 2; profile++) {
        for (int element = 0; element < 3; element++) {
            for (int layout = 0; layout < 2; layout++) {
                char name[64];
                snprintf(
                    name, sizeof name, "product-%s-%s-%s", profiles[profile], elements[element],
                    layouts[layout]);
                finish(name, product(profile, element, layout));
            }
        }
    }
}

enum { COUNT = 1800 };
static float a[COUNT], b[COUNT], result[COUNT];

/* Values of about -16 to 16, zeros and denormals among them. */
static void operands(void) {
    for (size_t i = 0; i < COUNT; i++) {
        a[i] = float_of(value(100, i, 123));
        b[i] = float_of(value(101, i, 123));
        result[i] = float_of(value(102, i, 123));
    }
}

#define ROW(name, call)                            \
    do {                                           \
        struct digest digest = begin();            \
        operands();                                \
        call;                                      \
        take(&digest, result, COUNT * 4);          \
        finish(name, digest);                      \
    } while (0)

static void rows(void) {
    ROW("rms-norm", plasmid_rms_norm(a, COUNT, b, PLASMID_F32, 1, 1e-6, result));
    ROW("layer-norm",
        plasmid_layer_norm(a, COUNT, b, PLASMID_BF16, b, PLASMID_F32, 1e-5, result));
    ROW("rope", plasmid_rope(result, a, b, COUNT / 2));
    ROW("silu-gate", plasmid_silu_gate(a, b, COUNT, result));
    ROW("gelu-tanh", plasmid_gelu_tanh(a, COUNT, result));
    ROW("gelu-erf", plasmid_gelu_erf(a, COUNT, result));
    ROW("gelu-tanh-gate", plasmid_gelu_tanh_gate(a, b, COUNT, result));
    ROW("add", plasmid_add(result, a, COUNT));
    ROW("add-scaled", plasmid_add_scaled(result, 0.3f, a, COUNT));
    ROW("add-stored", plasmid_add_stored(result, a, PLASMID_BF16, COUNT));
    ROW("multiply-stored", plasmid_multiply_stored(result, a, PLASMID_BF16, COUNT));
    ROW("scale", plasmid_scale(result, 0.3f, COUNT));
    ROW("divide", plasmid_divide(a, 0.3f, COUNT, result));
    ROW("round-bf16", plasmid_round_bf16(a, COUNT, (uint16_t *)result));
    ROW("softmax", result[3] = plasmid_softmax_row(result, 0.3f, 5, COUNT - 7, COUNT));
}

/* What training adds; other results than the last take the place of an operand. */
static void training(void) {
    static float scratch[COUNT];
    ROW("silu-gate-backward", plasmid_silu_gate_backward(a, b, result, COUNT, result, a));
    ROW("silu-up-backward", plasmid_silu_gate_backward(a, b, result, COUNT, a, result));
    ROW("gelu-tanh-backward", plasmid_gelu_tanh_backward(a, b, COUNT, result));
    ROW("gelu-erf-backward", plasmid_gelu_erf_backward(a, b, COUNT, result));
    ROW("rope-backward", plasmid_rope_backward(result, a, b, COUNT / 2));
    ROW("rms-norm-backward", {
        memcpy(scratch, b, sizeof scratch);
        plasmid_rms_norm_backward(a, b, COUNT, scratch, PLASMID_BF16, 1, 1e-6, result);
    });
    ROW("layer-norm-backward",
        plasmid_layer_norm_backward(a, b, COUNT, a, PLASMID_F32, 1e-5, scratch, result));
    ROW("softmax-backward",
        plasmid_softmax_backward(a, 3, result, 0.25f, 0.125f, 5, COUNT - 7, COUNT));
    ROW("transpose", plasmid_transpose(a, 45, 40, 45, result, 40));
    struct plasmid_dropout dropout = {{7, 9}, 3, 5, 1, 0.25};
    ROW("dropout", plasmid_dropout_row(&dropout, 8, a, COUNT, result));
    struct plasmid_adamw adamw = {0.7f, 0.999f, 0.1f, 0.999f, 0.001f, 0.0316f, 1e-8f, 0.01f};
    ROW("adamw", {
        for (size_t i = 0; i < COUNT; i++) scratch[i] = b[i] * b[i];
        plasmid_adamw_step(&adamw, a, COUNT, result, b, scratch);
    });
    double sums[] = {plasmid_dot(a, result, COUNT), plasmid_square_sum(a, COUNT)};
    struct digest digest = begin();
    take(&digest, sums, sizeof sums);
    finish("dot-square-sum", digest);
}

static void widening(void) {
    static uint16_t all[63488];
    static float wide[63488];
    size_t count = 0;
    for (uint32_t half = 0; half < 65536; half++) {
        if ((half & 0x7c00) != 0x7c00) all[count++] = (uint16_t)half;
    }
    plasmid_widen(all, PLASMID_F16, count, wide);
    struct digest digest = begin();
    take(&digest, wide, count * 4);
    finish("widen-f16", digest);
}

static void functions(void) {
    struct digest digests[6];
    for (int i = 0; i < 6; i++) digests[i] = begin();
    for (uint64_t i = 0; i < 20000; i++) {
        float small = float_of(value(200, i, 121)), large = float_of(value(201, i, 127));
        float values[] = {
            plasmid_exp(large), plasmid_log(large < 0 ? -large : large), plasmid_tanh(small),
            plasmid_erf(small),
        };
        for (int f = 0; f < 4; f++) take(&digests[f], &values[f], 4);
        double turns[2], logs[2];
        plasmid_sincos((double)large * 1e6, &turns[0], &turns[1]);
        logs[0] = plasmid_exp64((double)large);
        logs[1] = plasmid_log64(2 + (double)small * (double)small);
        take(&digests[4], turns, sizeof turns);
        take(&digests[5], logs, sizeof logs);
    }
    static const char *const names[] = {"exp", "log", "tanh", "erf", "sine-cosine", "exp64-log64"};
    for (int f = 0; f < 6; f++) finish(names[f], digests[f]);
}

int main(int count, char **arguments) {
    const char *level = count > 1 ? arguments[1] : "portable";
    int number = PLASMID_KERNELS_PORTABLE;
    if (strcmp(level, "avx2") == 0) number = PLASMID_KERNELS_AVX2;
    if (strcmp(level, "avx512") == 0 || strcmp(level, "emulated") == 0) {
        number = PLASMID_KERNELS_AVX512;
    }
    if (!plasmid_kernels_force(number)) return 3; /* this CPU cannot */
    if (strcmp(level, "emulated") == 0) plasmid_bf16_dot_force(0);
    products();
    rows();
    training();
    widening();
    functions();
    return 0;
}
