#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 8
#define LANES_TARGET __attribute__((target("avx2,fma,f16c")))
#define LANES_TABLE plasmid_gradients_avx2
#define SQUARE_ROOT(x) ((floats)_mm256_sqrt_ps((__m256)(x)))
#include "lane_gradients.h"
#endif
