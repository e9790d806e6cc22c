/*
 * Speed of the numeric kernels beside what this CPU can do: the peak of fused multiply-adds, the
 * peak of VDPBF16PS, a plain read of memory by all threads. Each measurement alternates with its
 * limit, both in processor time of the thread, so that neighbours on the same cores and a clock
 * that changes touch both alike; printed are medians over RUNS pairs. speed.sh builds it.
 */
#include "kernels.h"
#include "learn_kernels.h"
#include "limit_kernels.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if !defined(__x86_64__)
int main(void) { return puts("x86-64 only") < 0; }
#else

enum { THREADS = 2, RUNS = 15 };
static double slice = 0.004; /* seconds that one measurement takes at least */

static double clock_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Processor time of this thread. */
static double now(void) { return clock_of(CLOCK_THREAD_CPUTIME_ID); }

static int ascending(const void *one, const void *other) {
    double left = *(const double *)one, right = *(const double *)other;
    return (left > right) - (left < right);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

static volatile float sink;

/* Operations a second of the profile's multiply-add at the level in use, nothing else. */
static double peak(int profile) {
    double start = now(), done = 0;
    while (now() - start < slice / 2) done += plasmid_limit_multiply(profile, 4096);
    return done / (now() - start);
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

/* One thread working chunk by chunk, the packing of the left operand left out. */
struct bench {
    struct shape shape;
    struct plasmid_right right;
    void *weights, *scratch, *left;
    float *out;
};

static struct bench bench_of(const struct shape *shape) {
    size_t size = shape->element == PLASMID_F32 ? 4 : 2;
    size_t across = shape->layout == PLASMID_OUTPUT_ROWS ? shape->reduced : shape->outputs;
    size_t bytes = shape->outputs * shape->reduced * size;
    struct bench bench = {
        *shape, {NULL, across, shape->element, shape->layout}, block(bytes),
        block(PLASMID_PRODUCT_SCRATCH),
        block(plasmid_left_bytes(shape->profile, shape->rows, shape->reduced)),
        block(shape->rows * shape->outputs * 4),
    };
    float *x = block(shape->rows * shape->reduced * 4);
    fill(bench.weights, shape->element, bytes);
    fill(x, PLASMID_F32, shape->rows * shape->reduced * 4);
    bench.right.data = bench.weights;
    plasmid_left_pack(
        shape->profile, x, shape->reduced, shape->rows, shape->reduced, 0,
        (shape->rows + PLASMID_TILE_ROWS - 1) / PLASMID_TILE_ROWS, bench.left);
    free(x);
    return bench;
}

static void compute(const struct bench *bench) {
    const struct shape *shape = &bench->shape;
    for (size_t output = 0; output < shape->outputs; output += shape->chunk) {
        size_t end = output + shape->chunk;
        plasmid_product(
            shape->profile, bench->left, shape->rows, shape->reduced, &bench->right, output,
            end < shape->outputs ? end : shape->outputs, bench->out, shape->outputs,
            bench->scratch);
    }
}

/* Operations a second. */
static double rate_of(const struct bench *bench) {
    const struct shape *shape = &bench->shape;
    double each = 2 * (double)shape->rows * (double)shape->outputs * (double)shape->reduced;
    double start = now(), done = 0;
    while (now() - start < slice) {
        compute(bench);
        done += each;
    }
    return done / (now() - start);
}

static const char *const elements[] = {"f32", "bf16", "f16"};
static const char *const layouts[] = {"by output", "by reduced"};
static const char *const profiles[] = {"portable-f32", "bf16dot"};

static void report(const struct shape *shape) {
    struct bench bench = bench_of(shape);
    double rates[RUNS], shares[RUNS];
    compute(&bench);
    for (int run = 0; run < RUNS; run++) {
        double before = peak(shape->profile);
        rates[run] = rate_of(&bench);
        shares[run] = rates[run] / ((before + peak(shape->profile)) / 2);
    }
    printf(
        "%5zu x %5zu x %5zu %-4s %-10s %-12s chunk %5zu: %6.1f GFLOP/s %3.0f %%\n", shape->rows,
        shape->outputs, shape->reduced, elements[shape->element], layouts[shape->layout],
        profiles[shape->profile], shape->chunk, median(rates, RUNS) * 1e-9,
        100 * median(shares, RUNS));
    fflush(stdout);
    free(bench.weights), free(bench.scratch), free(bench.left), free(bench.out);
}

static void large_products(void) {
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
            report(&shape);
        }
    }
    for (int element = 0; element < 3; element++) {
        for (int profile = 0; profile < 2; profile++) {
            struct shape shape = {504, 2304, 768, element, PLASMID_REDUCED_ROWS, profile, 128};
            report(&shape);
            shape.layout = PLASMID_OUTPUT_ROWS;
            if (element != PLASMID_BF16) report(&shape);
        }
    }
}

static void small_products(void) {
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
        report(&shapes[index]);
    }
}

/*
 * What a training step adds: dX = dY W with the stored weights, whose rows are now the reduced
 * index; gradients of A and B, whose reduced index are the tokens and whose right operand is an
 * activation; their left operand has as many rows as the adapter's rank.
 */
static void training_products(void) {
    static const size_t back[][3] = {
        {504, 1024, 1024}, {512, 1024, 3584}, {512, 3584, 1024}, {512, 1024, 32000},
        {128, 1024, 3584},
    };
    for (size_t index = 0; index < sizeof back / sizeof back[0]; index++) {
        for (int profile = 0; profile < 2; profile++) {
            struct shape shape = {
                back[index][0], back[index][1], back[index][2], PLASMID_BF16,
                PLASMID_REDUCED_ROWS, profile, 128,
            };
            report(&shape);
        }
    }
    static const size_t factors[][3] = {
        {8, 1024, 512}, {8, 3584, 512}, {16, 1024, 512}, {16, 4096, 128}, {32, 1024, 512},
        {64, 3584, 512},
    };
    for (size_t index = 0; index < sizeof factors / sizeof factors[0]; index++) {
        for (int kind = 0; kind < 3; kind++) {
            struct shape shape = {
                factors[index][0], factors[index][1], factors[index][2],
                kind == 2 ? PLASMID_BF16 : PLASMID_F32, /* rounded while packing, or before */
                PLASMID_REDUCED_ROWS, kind > 0, 128,
            };
            report(&shape);
        }
    }
}

/* --- out of memory: all threads read a large matrix --- */

struct stream {
    const uint8_t *data;
    size_t bytes;              /* of this thread */
    const struct bench *bench; /* none: a plain read */
    double seconds;            /* what it took */
};

static void *read_stream(void *argument) {
    struct stream *stream = argument;
    double start = now();
    if (stream->bench == NULL) {
        sink = (float)plasmid_limit_read(stream->data, stream->bytes);
    } else {
        struct bench bench = *stream->bench;
        bench.right.data = stream->data;
        bench.out = block(bench.shape.rows * bench.shape.outputs * 4);
        compute(&bench);
        free(bench.out);
    }
    stream->seconds = now() - start;
    return NULL;
}

/* GB/s of THREADS threads, each on its part. */
static double stream_once(const uint8_t *data, size_t part, const struct bench *bench) {
    pthread_t threads[THREADS];
    struct stream streams[THREADS];
    double rate = 0;
    for (size_t i = 0; i < THREADS; i++) {
        streams[i] = (struct stream){data + i * part, part, bench, 0};
        pthread_create(&threads[i], NULL, read_stream, &streams[i]);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) rate += (double)part / streams[i].seconds;
    return rate * 1e-9;
}

static void report_stream(const uint8_t *data, size_t total, struct shape shape) {
    size_t size = shape.element == PLASMID_F32 ? 4 : 2;
    size_t part = total / THREADS / (shape.reduced * size * 128) * (shape.reduced * size * 128);
    if (shape.layout == PLASMID_OUTPUT_ROWS) shape.outputs = part / size / shape.reduced;
    part = shape.outputs * shape.reduced * size;
    struct shape small = shape;
    if (shape.layout == PLASMID_OUTPUT_ROWS) small.outputs = 32;
    struct bench bench = bench_of(&small); /* for its left operand only */
    bench.shape = shape;
    if (shape.layout == PLASMID_OUTPUT_ROWS) bench.right.stride = shape.reduced;
    double rates[RUNS], limits[RUNS], shares[RUNS];
    for (int run = 0; run < RUNS; run++) {
        double before = stream_once(data, part, NULL);
        rates[run] = stream_once(data, part, &bench);
        limits[run] = (before + stream_once(data, part, NULL)) / 2;
        shares[run] = rates[run] / limits[run];
    }
    printf(
        "%zu rows, reduced %5zu, %-4s %-10s %-12s chunk %4zu: %5.1f of %5.1f GB/s %3.0f %%\n",
        shape.rows, shape.reduced, elements[shape.element], layouts[shape.layout],
        profiles[shape.profile], shape.chunk, median(rates, RUNS), median(limits, RUNS),
        100 * median(shares, RUNS));
    fflush(stdout);
    free(bench.weights), free(bench.scratch), free(bench.left), free(bench.out);
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
        {1, 16384, 4096, PLASMID_BF16, PLASMID_REDUCED_ROWS, 0, 2752},
        {1, 2304, 32768, PLASMID_BF16, PLASMID_REDUCED_ROWS, 0, 384},
        {4, 2304, 32768, PLASMID_BF16, PLASMID_REDUCED_ROWS, 1, 384},
        {1, 2048, 32768, PLASMID_F32, PLASMID_REDUCED_ROWS, 0, 512},
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

static void all(int only) {
    plasmid_bf16_dot_force(1); /* the self test, before any clock runs */
    printf("peaks GFLOP/s: f32 %.0f, bf16 %.0f\n", peak(0) * 1e-9, peak(1) * 1e-9);
    if (only == 'a' || only == 'l') large_products();
    if (only == 'a' || only == 't') training_products();
    if (only == 'a' || only == 's') small_products();
    if (only == 'a' || only == 'm') streams();
    if (only == 'a' || only == 'r') rows();
}

int main(int count, char **arguments) {
    int only = count > 1 ? arguments[1][0] : 'a', level = plasmid_kernels_best();
    if (level == PLASMID_KERNELS_PORTABLE) return puts("needs AVX2") < 0;
    int is_avx2 = count > 1 && (arguments[1][0] == '2' || arguments[1][1] == '2');
    if (!is_avx2) all(only);
    if (only == '2') only = 'a';
    if (is_avx2 || only == 'a') {
        plasmid_kernels_force(PLASMID_KERNELS_AVX2);
        puts("AVX2:");
        all(only);
    }
    return 0;
}
#endif
