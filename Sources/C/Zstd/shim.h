/* ZSTD_compressSequences and its block delimiters are declared for static linking only; the shared
   library has had both since 1.5.0. */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
