#include "rounding.h"

/* Four lanes in the compiler's own vectors: SSE2, NEON, or plain words. */
#define LANES 4
#define LANES_TARGET
#define LANES_TABLE plasmid_rows_portable
#define FUSED(x, y, z) fused_lanes(x, y, z)

typedef float four __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) four fused_lanes(four x, four y, four z) {
    four result;
    for (int lane = 0; lane < 4; lane++) result[lane] = fused(x[lane], y[lane], z[lane]);
    return result;
}

#include "lane_rows.h"
