#ifndef PLASMID_LINUX_SHIM_H
#define PLASMID_LINUX_SHIM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#endif
