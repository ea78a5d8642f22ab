#ifndef CARILLON_HEAP_H
#define CARILLON_HEAP_H

#include <stddef.h>

// Bytes of the heap that are in use; 0 where the C library does not tell.
size_t heap_bytes_in_use(void);

#endif
