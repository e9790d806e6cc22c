#ifndef PLASMID_KERNELS_H
#define PLASMID_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#endif
