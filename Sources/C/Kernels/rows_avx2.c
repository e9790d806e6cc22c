#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 8
#define LANES_TARGET __attribute__((target("avx2,fma,f16c")))
#define LANES_TABLE plasmid_rows_avx2
#define FUSED(x, y, z) ((floats)_mm256_fmadd_ps((__m256)(x), (__m256)(y), (__m256)(z)))
#include "lane_rows.h"
#endif
