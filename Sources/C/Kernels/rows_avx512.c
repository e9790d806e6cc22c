#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 16
#define LANES_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma,f16c")))
#define LANES_TABLE plasmid_rows_avx512
#define FUSED(x, y, z) ((floats)_mm512_fmadd_ps((__m512)(x), (__m512)(y), (__m512)(z)))
#include "lane_rows.h"
#endif
