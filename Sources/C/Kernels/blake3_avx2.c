#include "internal.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

enum { LANES = 8 };
typedef uint32_t lanes __attribute__((vector_size(32)));

#define TARGET __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline, target("avx2")))

/* Rotations by whole bytes are one shuffle instead of two shifts and an or. */
INLINE lanes rotate16(lanes x) {
    const __m256i order = _mm256_setr_epi8(
        2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
        2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    return (lanes)_mm256_shuffle_epi8((__m256i)x, order);
}

INLINE lanes rotate8(lanes x) {
    const __m256i order = _mm256_setr_epi8(
        1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12,
        1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
    return (lanes)_mm256_shuffle_epi8((__m256i)x, order);
}

#define ROTATE16(x) rotate16(x)
#define ROTATE12(x) (((x) >> 12) | ((x) << 20))
#define ROTATE8(x) rotate8(x)
#define ROTATE7(x) (((x) >> 7) | ((x) << 25))

/* Transposes eight words of eight lanes: rows of lanes in, rows of words out. */
INLINE void load_half(const struct lane_job *job, size_t offset, lanes m[8]) {
    __m256i r[8], s[8];
    for (int lane = 0; lane < 8; lane++) {
        r[lane] = _mm256_loadu_si256((const __m256i *)(job->inputs[lane] + offset));
    }
    for (int pair = 0; pair < 4; pair++) {
        s[pair * 2] = _mm256_unpacklo_epi32(r[pair * 2], r[pair * 2 + 1]);
        s[pair * 2 + 1] = _mm256_unpackhi_epi32(r[pair * 2], r[pair * 2 + 1]);
    }
    for (int quad = 0; quad < 2; quad++) {
        const __m256i *t = s + quad * 4;
        r[quad * 4 + 0] = _mm256_unpacklo_epi64(t[0], t[2]);
        r[quad * 4 + 1] = _mm256_unpackhi_epi64(t[0], t[2]);
        r[quad * 4 + 2] = _mm256_unpacklo_epi64(t[1], t[3]);
        r[quad * 4 + 3] = _mm256_unpackhi_epi64(t[1], t[3]);
    }
    for (int word = 0; word < 4; word++) {
        m[word] = (lanes)_mm256_permute2x128_si256(r[word], r[word + 4], 0x20);
        m[word + 4] = (lanes)_mm256_permute2x128_si256(r[word], r[word + 4], 0x31);
    }
}

INLINE void load_block(const struct lane_job *job, size_t offset, lanes m[16]) {
    for (int lane = 0; lane < 8; lane++) prefetch_ahead(job->inputs[lane] + offset);
    load_half(job, offset, m);
    load_half(job, offset + 32, m + 8);
}

#define LOAD_BLOCK(job, offset, m) load_block(job, offset, m)
#define LANES_TARGET TARGET
#define LANES_NAME plasmid_blake3_lanes_avx2
#include "lanes.h"
#endif
