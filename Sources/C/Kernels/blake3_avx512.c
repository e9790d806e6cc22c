#include "internal.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

enum { LANES = 16 };
typedef uint32_t lanes __attribute__((vector_size(64)));

#define FEATURES "avx512f,avx512vl,avx512bw"
#define TARGET __attribute__((target(FEATURES)))
#define INLINE static inline __attribute__((always_inline, target(FEATURES)))

#define ROTATE16(x) ((lanes)_mm512_ror_epi32((__m512i)(x), 16))
#define ROTATE12(x) ((lanes)_mm512_ror_epi32((__m512i)(x), 12))
#define ROTATE8(x) ((lanes)_mm512_ror_epi32((__m512i)(x), 8))
#define ROTATE7(x) ((lanes)_mm512_ror_epi32((__m512i)(x), 7))

/*
 * Transposes sixteen words of sixteen lanes in four stages: words and double words are
 * interleaved inside each 128-bit quarter, then the quarters are transposed.
 */
INLINE void load_block(const struct lane_job *job, size_t offset, lanes m[16]) {
    __m512i r[16], s[16];
    for (int lane = 0; lane < 16; lane++) {
        r[lane] = _mm512_loadu_si512(job->inputs[lane] + offset);
        prefetch_ahead(job->inputs[lane] + offset);
    }
    for (int pair = 0; pair < 8; pair++) {
        s[pair * 2] = _mm512_unpacklo_epi32(r[pair * 2], r[pair * 2 + 1]);
        s[pair * 2 + 1] = _mm512_unpackhi_epi32(r[pair * 2], r[pair * 2 + 1]);
    }
    for (int quad = 0; quad < 4; quad++) {
        const __m512i *t = s + quad * 4;
        r[quad * 4 + 0] = _mm512_unpacklo_epi64(t[0], t[2]);
        r[quad * 4 + 1] = _mm512_unpackhi_epi64(t[0], t[2]);
        r[quad * 4 + 2] = _mm512_unpacklo_epi64(t[1], t[3]);
        r[quad * 4 + 3] = _mm512_unpackhi_epi64(t[1], t[3]);
    }
    /* r[4q + w] now holds words w, 4+w, 8+w, 12+w of lanes 4q...4q+3. */
    for (int word = 0; word < 4; word++) {
        __m512i low01 = _mm512_shuffle_i32x4(r[word], r[word + 4], 0x88);
        __m512i high01 = _mm512_shuffle_i32x4(r[word], r[word + 4], 0xdd);
        __m512i low23 = _mm512_shuffle_i32x4(r[word + 8], r[word + 12], 0x88);
        __m512i high23 = _mm512_shuffle_i32x4(r[word + 8], r[word + 12], 0xdd);
        m[word] = (lanes)_mm512_shuffle_i32x4(low01, low23, 0x88);
        m[word + 4] = (lanes)_mm512_shuffle_i32x4(high01, high23, 0x88);
        m[word + 8] = (lanes)_mm512_shuffle_i32x4(low01, low23, 0xdd);
        m[word + 12] = (lanes)_mm512_shuffle_i32x4(high01, high23, 0xdd);
    }
}

#define LOAD_BLOCK(job, offset, m) load_block(job, offset, m)
#define LANES_TARGET TARGET
#define LANES_NAME plasmid_blake3_lanes_avx512
#include "lanes.h"
#endif
