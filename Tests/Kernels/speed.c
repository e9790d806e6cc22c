/*
 * Speed of the numeric kernels beside what this CPU can do, in the same run: the peak of fused
 * multiply-adds, the peak of VDPBF16PS, a plain read of memory by all threads. speed.sh builds it.
 */
#include "kernels.h"
#include "learn_kernels.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if !defined(__x86_64__)
int main(void) { return puts("x86-64 only") < 0; }
#else
#include <immintrin.h>

enum { THREADS = 2, RUNS = 9 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static volatile float sink;

/* Chains that do not wait for one another, enough to fill two units of latency four or more. */
#define PEAK(name, features, type, set, step, count)                              \
    __attribute__((target(features))) static void name(long rounds) {             \
        type sums[count];                                                         \
        for (int i = 0; i < count; i++) sums[i] = set((float)i);                  \
        for (long round = 0; round < rounds; round++) {                           \
            for (int i = 0; i < count; i++) {                                     \
                step(sums[i]);                                                    \
                __asm__ volatile("" : "+v"(sums[i])); /* no chain may be left out */ \
            }                                                                     \
        }                                                                         \
    }
#define FMA512(sum) sum = _mm512_fmadd_ps(sum, _mm512_set1_ps(0.5f), _mm512_set1_ps(1.0f))
#define FMA256(sum) sum = _mm256_fmadd_ps(sum, _mm256_set1_ps(0.5f), _mm256_set1_ps(1.0f))
#define DOT512(sum) \
    sum = _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_ps(0.5f), (__m512bh)_mm512_set1_ps(0.5f))
PEAK(peak_avx512, "avx512f", __m512, _mm512_set1_ps, FMA512, 12)
PEAK(peak_avx2, "avx2,fma,avx512f,avx512vl", __m256, _mm256_set1_ps, FMA256, 12)
PEAK(peak_bf16, "avx512f,avx512bf16", __m512, _mm512_set1_ps, DOT512, 16)

/* GFLOP/s of a peak loop: the best of several runs. */
static double peak(void (*loop)(long), double flops_each) {
    double best = 0;
    long rounds = 2000000;
    for (int run = 0; run < RUNS; run++) {
        double start = now();
        loop(rounds);
        double rate = flops_each * (double)rounds / (now() - start) * 1e-9;
        if (rate > best) best = rate;
    }
    return best;
}

static uint64_t state = 88172645463325252u;
static uint32_t drawn(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20);
}

static void *block(size_t bytes) { return aligned_alloc(64, (bytes + 4095) / 4096 * 4096); }

/* Small numbers of any element type; `bytes` of them. */
static void fill(void *to, int element, size_t bytes) {
    for (size_t at = 0; at + 4 <= bytes; at += 4) {
        uint32_t word = drawn();
        if (element == PLASMID_F32) word = (word & 0x807fffff) | 0x3d000000;
        if (element == PLASMID_BF16) word = (word & 0x807f807f) | 0x3d003d00;
        if (element == PLASMID_F16) word = (word & 0x83ff83ff) | 0x24002400;
        memcpy((uint8_t *)to + at, &word, 4);
    }
}

struct shape {
    size_t rows, outputs, reduced;
    int element, layout, profile;
    size_t chunk;
};

/* GFLOP/s of one thread working chunk by chunk, the packing of the left operand left out. */
static double product_rate(const struct shape *shape, double least) {
    size_t size = shape->element == PLASMID_F32 ? 4 : 2;
    size_t across = shape->layout == PLASMID_OUTPUT_ROWS ? shape->reduced : shape->outputs;
    size_t bytes = shape->outputs * shape->reduced * size;
    void *weights = block(bytes), *scratch = block(PLASMID_PRODUCT_SCRATCH);
    float *x = block(shape->rows * shape->reduced * 4);
    float *y = block(shape->rows * shape->outputs * 4);
    void *left = block(plasmid_left_bytes(shape->profile, shape->rows, shape->reduced));
    fill(weights, shape->element, bytes);
    fill(x, PLASMID_F32, shape->rows * shape->reduced * 4);
    struct plasmid_right right = {weights, across, shape->element, shape->layout};
    plasmid_left_pack(
        shape->profile, x, shape->reduced, shape->rows, shape->reduced, 0,
        (shape->rows + PLASMID_TILE_ROWS - 1) / PLASMID_TILE_ROWS, left);
    double best = 1e9, begun = now();
    for (int run = 0; run < 3 || now() - begun < least; run++) {
        double start = now();
        for (size_t output = 0; output < shape->outputs; output += shape->chunk) {
            size_t end = output + shape->chunk;
            plasmid_product(
                shape->profile, left, shape->rows, shape->reduced, &right, output,
                end < shape->outputs ? end : shape->outputs, y, shape->outputs, scratch);
        }
        double seconds = now() - start;
        if (seconds < best) best = seconds;
    }
    free(weights), free(scratch), free(x), free(y), free(left);
    double products = (double)shape->rows * (double)shape->outputs * (double)shape->reduced;
    return 2 * products / best * 1e-9;
}

static const char *const elements[] = {"f32", "bf16", "f16"};
static const char *const layouts[] = {"by output", "by reduced"};
static const char *const profiles[] = {"portable-f32", "bf16dot"};

static void report(const struct shape *shape, double peak_rate) {
    double rate = product_rate(shape, 0.25);
    printf(
        "%5zu x %5zu x %5zu %-4s %-10s %-12s chunk %5zu: %6.1f GFLOP/s %3.0f %%\n", shape->rows,
        shape->outputs, shape->reduced, elements[shape->element], layouts[shape->layout],
        profiles[shape->profile], shape->chunk, rate, 100 * rate / peak_rate);
}

static void large_products(double peak_f32, double peak_dot) {
    static const size_t sizes[][3] = {
        {504, 1024, 1024}, {512, 3584, 1024}, {504, 1024, 3584}, {120, 3584, 1024},
        {24, 3584, 1024},  {12, 3584, 1024},  {8, 3584, 1024}, {504, 32000, 1024},
    };
    for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
        for (int profile = 0; profile < 2; profile++) {
            struct shape shape = {
                sizes[index][0], sizes[index][1], sizes[index][2], PLASMID_BF16,
                PLASMID_OUTPUT_ROWS, profile, 128,
            };
            report(&shape, profile ? peak_dot : peak_f32);
        }
    }
    for (int element = 0; element < 3; element++) {
        for (int profile = 0; profile < 2; profile++) {
            struct shape shape = {504, 2304, 768, element, PLASMID_REDUCED_ROWS, profile, 128};
            report(&shape, profile ? peak_dot : peak_f32);
            shape.layout = PLASMID_OUTPUT_ROWS;
            if (element != PLASMID_BF16) report(&shape, profile ? peak_dot : peak_f32);
        }
    }
}

static void small_products(double peak_f32) {
    static const struct shape shapes[] = {
        {504, 16, 1024, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {504, 8, 1024, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {504, 1024, 16, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {504, 1024, 8, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {1, 256, 1024, PLASMID_BF16, PLASMID_OUTPUT_ROWS, 0, 256},
        {4, 256, 1024, PLASMID_BF16, PLASMID_OUTPUT_ROWS, 0, 256},
        {1, 16, 1024, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {1, 1024, 16, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {48, 512, 64, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 512},
        {48, 64, 512, PLASMID_F32, PLASMID_REDUCED_ROWS, 0, 128},
        {8, 512, 128, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 512},
        {8, 128, 512, PLASMID_F32, PLASMID_REDUCED_ROWS, 0, 128},
        {2, 512, 64, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 512},
        {2, 64, 512, PLASMID_F32, PLASMID_REDUCED_ROWS, 0, 128},
        {1, 512, 64, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 512},
        {1, 64, 512, PLASMID_F32, PLASMID_REDUCED_ROWS, 0, 128},
    };
    for (size_t index = 0; index < sizeof shapes / sizeof shapes[0]; index++) {
        report(&shapes[index], peak_f32);
    }
}

/* --- out of memory: all threads read a large matrix --- */

struct stream {
    const uint8_t *data;
    size_t bytes;       /* of this thread */
    struct shape shape; /* rows 0: a plain read */
    const void *left;
    float *out;
};

__attribute__((target("avx512f"))) static void read_plain(const struct stream *stream) {
    __m512i sum = _mm512_setzero_si512();
    for (size_t at = 0; at + 256 <= stream->bytes; at += 256) {
        for (size_t line = 0; line < 256; line += 64) {
            __builtin_prefetch((const void *)((uintptr_t)stream->data + at + 4096 + line), 0, 3);
        }
        for (size_t line = 0; line < 256; line += 64) {
            sum = _mm512_xor_si512(sum, _mm512_loadu_si512(stream->data + at + line));
        }
    }
    sink = (float)_mm512_reduce_add_epi32(sum);
}

static void *read_stream(void *argument) {
    const struct stream *stream = argument;
    const struct shape *shape = &stream->shape;
    if (shape->rows == 0) {
        read_plain(stream);
        return NULL;
    }
    void *scratch = block(PLASMID_PRODUCT_SCRATCH);
    struct plasmid_right right = {
        stream->data, shape->layout == PLASMID_OUTPUT_ROWS ? shape->reduced : shape->outputs,
        shape->element, shape->layout,
    };
    for (size_t output = 0; output < shape->outputs; output += shape->chunk) {
        size_t end = output + shape->chunk;
        plasmid_product(
            shape->profile, stream->left, shape->rows, shape->reduced, &right, output,
            end < shape->outputs ? end : shape->outputs, stream->out, shape->outputs, scratch);
    }
    free(scratch);
    return NULL;
}

/* GB/s of THREADS threads, each on its part. */
static double stream_once(struct stream *streams) {
    pthread_t threads[THREADS];
    double start = now(), bytes = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, read_stream, &streams[i]);
        bytes += (double)streams[i].bytes;
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    return bytes / (now() - start) * 1e-9;
}

/* Alternates with a plain read, so that both see the same neighbours. */
static void report_stream(const uint8_t *data, size_t total, struct shape shape) {
    size_t size = shape.element == PLASMID_F32 ? 4 : 2;
    size_t part = total / THREADS / (shape.reduced * size * 128) * (shape.reduced * size * 128);
    if (shape.layout == PLASMID_OUTPUT_ROWS) shape.outputs = part / size / shape.reduced;
    float *x = block(shape.rows * shape.reduced * 4);
    fill(x, PLASMID_F32, shape.rows * shape.reduced * 4);
    void *left = block(plasmid_left_bytes(shape.profile, shape.rows, shape.reduced));
    plasmid_left_pack(
        shape.profile, x, shape.reduced, shape.rows, shape.reduced, 0,
        (shape.rows + PLASMID_TILE_ROWS - 1) / PLASMID_TILE_ROWS, left);
    struct stream plain[THREADS], product[THREADS];
    memset(plain, 0, sizeof plain);
    for (int i = 0; i < THREADS; i++) {
        float *out = block(shape.rows * shape.outputs * 4);
        plain[i].data = product[i].data = data + (size_t)i * part;
        plain[i].bytes = product[i].bytes = shape.outputs * shape.reduced * size;
        product[i].shape = shape, product[i].left = left, product[i].out = out;
    }
    double best_plain = 0, best = 0;
    for (int run = 0; run < RUNS; run++) {
        double rate = stream_once(plain);
        if (rate > best_plain) best_plain = rate;
        rate = stream_once(product);
        if (rate > best) best = rate;
    }
    printf(
        "%zu rows, reduced %5zu, %-4s %-10s %-12s chunk %3zu: %5.1f of %5.1f GB/s %3.0f %%\n",
        shape.rows, shape.reduced, elements[shape.element], layouts[shape.layout],
        profiles[shape.profile], shape.chunk, best, best_plain, 100 * best / best_plain);
    for (int i = 0; i < THREADS; i++) free(product[i].out);
    free(x), free(left);
}

static void streams(void) {
    size_t total = (size_t)512 << 20;
    uint8_t *data = aligned_alloc((size_t)2 << 20, total);
    memset(data, 0x3c, total);
    for (size_t rows = 1; rows <= 4; rows++) {
        for (int profile = 0; profile < 2; profile++) {
            struct shape shape = {
                rows, 0, 1024, PLASMID_BF16, PLASMID_OUTPUT_ROWS, profile, 128,
            };
            report_stream(data, total, shape);
        }
    }
    static const struct shape others[] = {
        {1, 0, 3584, PLASMID_BF16, PLASMID_OUTPUT_ROWS, 0, 128},
        {1, 0, 896, PLASMID_BF16, PLASMID_OUTPUT_ROWS, 0, 128},
        {1, 0, 1024, PLASMID_F32, PLASMID_OUTPUT_ROWS, 0, 128},
        {1, 0, 1024, PLASMID_F16, PLASMID_OUTPUT_ROWS, 0, 128},
        {1, 16384, 4096, PLASMID_BF16, PLASMID_REDUCED_ROWS, 0, 256},
        {1, 2048, 32768, PLASMID_F32, PLASMID_REDUCED_ROWS, 0, 256},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        report_stream(data, total, others[i]);
    }
    free(data);
}

/* --- rows --- */

#define ROW(name, call)                                                           \
    do {                                                                          \
        double best = 1e9;                                                        \
        for (int run = 0; run < 2000; run++) {                                    \
            double start = now();                                                 \
            call;                                                                 \
            double seconds = now() - start;                                       \
            if (seconds < best) best = seconds;                                   \
        }                                                                         \
        printf("%-36s %7.2f us for 4096 elements\n", name, best * 1e6);           \
    } while (0)

static void rows(void) {
    enum { COUNT = 4096 };
    float *x = block(COUNT * 4), *y = block(COUNT * 4), *out = block(COUNT * 4);
    fill(x, PLASMID_F32, COUNT * 4), fill(y, PLASMID_F32, COUNT * 4);
    ROW("rms norm", plasmid_rms_norm(x, COUNT, y, PLASMID_BF16, 0, 1e-6, out));
    ROW("layer norm", plasmid_layer_norm(x, COUNT, y, PLASMID_F32, y, PLASMID_F32, 1e-5, out));
    ROW("silu gate", plasmid_silu_gate(x, y, COUNT, out));
    ROW("gelu by tanh", plasmid_gelu_tanh(x, COUNT, out));
    ROW("gelu by erf", plasmid_gelu_erf(x, COUNT, out));
    ROW("softmax row", sink = plasmid_softmax_row(out, 0.125f, 0, COUNT, COUNT));
    ROW("largest element", sink = (float)plasmid_argmax(x, COUNT));
    ROW("add scaled", plasmid_add_scaled(out, 0.5f, x, COUNT));
    free(x), free(y), free(out);
}

int main(int count, char **arguments) {
    if (plasmid_kernels_best() < PLASMID_KERNELS_AVX512) return puts("needs AVX-512") < 0;
    int only = count > 1 ? arguments[1][0] : 'a';
    double f32 = peak(peak_avx512, 12 * 32), f32_avx2 = peak(peak_avx2, 12 * 16);
    double dot = peak(peak_bf16, 16 * 64);
    printf("peaks GFLOP/s: AVX-512 %.0f, AVX2 %.0f, VDPBF16PS %.0f\n", f32, f32_avx2, dot);
    if (only == 'a' || only == 'l') large_products(f32, dot);
    if (only == 'a' || only == 's') small_products(f32);
    if (only == 'a' || only == 'm') streams();
    if (only == 'a' || only == 'r') rows();
    if (only == 'a' || only == '2') {
        plasmid_kernels_force(PLASMID_KERNELS_AVX2);
        puts("AVX2:");
        large_products(f32_avx2, f32_avx2);
        small_products(f32_avx2);
        streams();
        rows();
    }
    return 0;
}
#endif
