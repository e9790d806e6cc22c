#if defined(__x86_64__)
#include "product_avx512.h"

#define FEW_FEATURES NATIVE_FEATURES
#define FEW_IS_DOT 1
#define FEW_NAME plasmid_few_dot_avx512
#include "product_few.h"
#endif
