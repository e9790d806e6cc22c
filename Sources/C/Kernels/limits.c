#include "limit_kernels.h"
#include "kernels.h"
#include "learn_kernels.h"
#include "product.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>

/*
 * Two units of latency four keep eight chains busy. Twice as many leave slack where there are 32
 * registers; of the sixteen of AVX2 two hold constants, and chains in memory would be timed.
 */
enum { CHAINS = 16, CHAINS_AVX2 = 12 };

/* One loop per instruction; the empty assembly keeps every chain. */
#define LOOP(name, features, type, start, step, count)                 \
    __attribute__((target(features))) static void name(long rounds) { \
        type sums[count];                                              \
        for (int i = 0; i < count; i++) sums[i] = start;               \
        for (long round = 0; round < rounds; round++) {                \
            for (int i = 0; i < count; i++) {                          \
                step(sums[i]);                                         \
                __asm__ volatile("" : "+v"(sums[i]));                  \
            }                                                          \
        }                                                              \
    }
#define FMA512(sum) sum = _mm512_fmadd_ps(sum, _mm512_set1_ps(0.5f), _mm512_set1_ps(1.0f))
#define FMA256(sum) sum = _mm256_fmadd_ps(sum, _mm256_set1_ps(0.5f), _mm256_set1_ps(1.0f))
#define DOT512(sum) \
    sum = _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_ps(0.5f), (__m512bh)_mm512_set1_ps(0.5f))

LOOP(multiply_avx512, "avx512f", __m512, _mm512_set1_ps(1), FMA512, CHAINS)
LOOP(multiply_avx2, "avx2,fma", __m256, _mm256_set1_ps(1), FMA256, CHAINS_AVX2)
LOOP(multiply_bf16, "avx512f,avx512bf16", __m512, _mm512_set1_ps(1), DOT512, CHAINS)

double plasmid_limit_multiply(int profile, long rounds) {
    int level = plasmid_kernels_level();
    if (level == PLASMID_KERNELS_AVX512) {
        if (profile == PLASMID_BF16_DOT && plasmid_bf16_dot_is_native()) {
            multiply_bf16(rounds);
            return 64.0 * CHAINS * (double)rounds;
        }
        multiply_avx512(rounds);
        return 32.0 * CHAINS * (double)rounds;
    }
    if (level != PLASMID_KERNELS_AVX2) return 0;
    multiply_avx2(rounds);
    return 16.0 * CHAINS_AVX2 * (double)rounds;
}

__attribute__((target("avx2"))) static uint64_t read_avx2(const uint8_t *bytes, size_t count) {
    __m256i sum = _mm256_setzero_si256();
    size_t at = 0;
    for (; at + 256 <= count; at += 256) {
        for (int line = 0; line < 4; line++) {
            const char *ahead = (const char *)(uintptr_t)((uintptr_t)bytes + at + 4096);
            _mm_prefetch(ahead + 64 * line, _MM_HINT_T0);
        }
        for (int part = 0; part < 8; part++) {
            sum = _mm256_xor_si256(
                sum, _mm256_loadu_si256((const __m256i *)(bytes + at + 32 * part)));
        }
    }
    uint64_t words[4];
    _mm256_storeu_si256((__m256i *)words, sum);
    return words[0] ^ words[1] ^ words[2] ^ words[3];
}
#else
double plasmid_limit_multiply(int profile, long rounds) {
    (void)profile;
    (void)rounds;
    return 0;
}
#endif

uint64_t plasmid_limit_read(const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (plasmid_kernels_level() != PLASMID_KERNELS_PORTABLE) return read_avx2(bytes, count);
#endif
    uint64_t sum = 0;
    for (size_t at = 0; at + 8 <= count; at += 8) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)bytes + at, 8);
        sum ^= word;
    }
    return sum;
}
