#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 16
#define LANES_TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma,f16c")))
#define LANES_TABLE plasmid_gradients_avx512
#define SQUARE_ROOT(x) ((floats)_mm512_sqrt_ps((__m512)(x)))
#include "lane_gradients.h"
#endif
