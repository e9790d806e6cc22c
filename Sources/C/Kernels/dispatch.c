#include "internal.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* -1 until the first call. Racing first calls compute the same value. */
static atomic_int chosen = -1;

#if defined(__x86_64__)
/* Conversions of f16; older compilers do not know the name. */
static int has_f16c(void) {
    unsigned int a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) != 0;
}
#endif

int plasmid_kernels_best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
        return PLASMID_KERNELS_AVX512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && has_f16c()) {
        return PLASMID_KERNELS_AVX2;
    }
#endif
    return PLASMID_KERNELS_PORTABLE;
}

static int level_from_environment(void) {
    int best = plasmid_kernels_best();
    const char *wish = getenv("PLASMID_KERNELS");
    if (wish == NULL) return best;
    int level = best;
    if (strcmp(wish, "portable") == 0) level = PLASMID_KERNELS_PORTABLE;
    if (strcmp(wish, "avx2") == 0) level = PLASMID_KERNELS_AVX2;
    return level < best ? level : best;
}

int plasmid_kernels_level(void) {
    int level = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (level < 0) {
        level = level_from_environment();
        atomic_store_explicit(&chosen, level, memory_order_relaxed);
    }
    return level;
}

int plasmid_kernels_force(int level) {
    if (level < PLASMID_KERNELS_PORTABLE || level > plasmid_kernels_best()) return 0;
    atomic_store_explicit(&chosen, level, memory_order_relaxed);
    return 1;
}
