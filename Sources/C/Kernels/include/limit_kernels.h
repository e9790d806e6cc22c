#ifndef PLASMID_LIMIT_KERNELS_H
#define PLASMID_LIMIT_KERNELS_H
/*
 * What this CPU can do at most, for benchmarks: loops that multiply and add without waiting for
 * memory, and a plain read of memory.
 */
#include <stddef.h>
#include <stdint.h>

/*
 * Runs `rounds` rounds of independent chains of the profile's instruction at the level in use and
 * returns the floating-point operations done; 0 where the level has no vector units.
 */
double plasmid_limit_multiply(int profile, long rounds);

/* Reads `count` bytes once, as fast as it goes; the result depends on all of them. */
uint64_t plasmid_limit_read(const void *bytes, size_t count);

#endif
