#include "rounding.h"

/* Four lanes in the compiler's own vectors: SSE2, NEON, or plain words. */
#define LANES 4
#define LANES_TARGET
#define LANES_TABLE plasmid_gradients_portable
#define SQUARE_ROOT(x) square_root(x)

typedef float four __attribute__((vector_size(16)));

/* Roots are never of a negative number here: squares and their means are not. */
static inline __attribute__((always_inline)) four square_root(four x) {
    four result;
    for (int lane = 0; lane < 4; lane++) result[lane] = __builtin_sqrtf(x[lane]);
    return result;
}

#include "lane_gradients.h"
