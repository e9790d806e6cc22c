#include "internal.h"
#include <string.h>

/*
 * Four lanes in the compiler's own vectors: SSE2 on every x86-64, NEON on arm64, plain words
 * elsewhere. Words are little-endian in the specification and loaded as they lie in memory.
 */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernels are written for little-endian machines"
#endif

enum { LANES = 4 };
typedef uint32_t lanes __attribute__((vector_size(16)));

#define ROTATE(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define ROTATE16(x) ROTATE(x, 16)
#define ROTATE12(x) ROTATE(x, 12)
#define ROTATE8(x) ROTATE(x, 8)
#define ROTATE7(x) ROTATE(x, 7)

static inline __attribute__((always_inline)) void load_block(
    const struct lane_job *job, size_t offset, lanes m[16]) {
    for (int part = 0; part < 4; part++) {
        lanes a, b, c, d;
        memcpy(&a, job->inputs[0] + offset + part * 16, 16);
        memcpy(&b, job->inputs[1] + offset + part * 16, 16);
        memcpy(&c, job->inputs[2] + offset + part * 16, 16);
        memcpy(&d, job->inputs[3] + offset + part * 16, 16);
        lanes ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
        lanes ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
        lanes cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        lanes cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
        m[part * 4 + 0] = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
        m[part * 4 + 1] = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
        m[part * 4 + 2] = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
        m[part * 4 + 3] = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
    }
}

#define LOAD_BLOCK(job, offset, m) load_block(job, offset, m)
#define LANES_TARGET
#define LANES_NAME plasmid_blake3_lanes_portable
#include "lanes.h"
