/*
 * Whether VDPBF16PS may be used: the CPU has it and it does what the rule says. The vendor's
 * documents describe it as two fused steps, odd element first, denormals as zero in and out; this
 * checks it on lanes that would show a difference before the first product relies on it.
 */
#include "product.h"
#include <stdatomic.h>

/* -1 until the first question. Racing first questions find the same answer. */
static atomic_int native = -1;

int plasmid_bf16_dot_is_native(void) {
    int answer = atomic_load_explicit(&native, memory_order_relaxed);
    if (answer < 0) {
        answer = plasmid_bf16_dot_self_test();
        atomic_store_explicit(&native, answer, memory_order_relaxed);
    }
    return answer;
}

int plasmid_bf16_dot_force(int wish) {
    if (wish && !plasmid_bf16_dot_self_test()) return 0;
    atomic_store_explicit(&native, wish != 0, memory_order_relaxed);
    return 1;
}

#if defined(__x86_64__)
#include <immintrin.h>

enum { ROUNDS = 4096 };

/* The lanes of one round: a hash of the lane's number, its exponents drawn into a narrow range. */
static uint32_t drawn(uint32_t number, uint32_t round) {
    uint64_t hash = (uint64_t)number * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
    uint32_t word = (uint32_t)(hash >> 32);
    if (round % 4 == 1) return (word & 0x9fff9fff) | 0x20002000; /* products near the smallest */
    /* One product of 1...16 times 2^-152: what separates a sum from being denormal. */
    if (round % 4 == 2) return number % 3 == 0 ? 0x1980 : (word & 0x81ff) + 0x1980;
    if (round % 4 == 3) return (word & 0xbfffbfff);
    return word;
}

/* Sums near the smallest normal, where flushing is decided. */
static uint32_t drawn_sum(uint32_t number, uint32_t round) {
    uint32_t word = drawn(number, 0);
    if (round % 4 == 1) return word & 0x81ffffff;
    if (round % 4 == 2) return (word & 0x80000000) | 0x00800000;
    return word;
}

static float expected(float sum, uint32_t x, uint32_t y) {
    float odd_x = flushed(float_of(x & 0xffff0000)), odd_y = flushed(float_of(y & 0xffff0000));
    float even_x = flushed(float_of(x << 16)), even_y = flushed(float_of(y << 16));
    return fused_flushing(even_x, even_y, fused_flushing(odd_x, odd_y, flushed(sum)));
}

__attribute__((target("avx512f,avx512bf16"))) static int agrees(uint32_t round) {
    uint32_t sums[16], x[16], y[16];
    float found[16];
    for (uint32_t lane = 0; lane < 16; lane++) {
        uint32_t number = (round * 16 + lane) * 3 + 1;
        sums[lane] = drawn_sum(number, round);
        x[lane] = drawn(number + 1, round);
        y[lane] = drawn(number + 2, round);
    }
    __m512 result = _mm512_dpbf16_ps(
        _mm512_loadu_ps(sums), (__m512bh)_mm512_loadu_si512(x), (__m512bh)_mm512_loadu_si512(y));
    _mm512_storeu_ps(found, result);
    for (int lane = 0; lane < 16; lane++) {
        float wanted = expected(float_of(sums[lane]), x[lane], y[lane]);
        int are_nan = wanted != wanted && found[lane] != found[lane];
        if (!are_nan && bits_of(wanted) != bits_of(found[lane])) return 0;
    }
    return 1;
}

int plasmid_bf16_dot_self_test(void) {
    __builtin_cpu_init();
    if (plasmid_kernels_best() < PLASMID_KERNELS_AVX512) return 0;
    if (!__builtin_cpu_supports("avx512bf16")) return 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (!agrees(round)) return 0;
    }
    return 1;
}
#else
int plasmid_bf16_dot_self_test(void) { return 0; }
#endif
