#include "heap.h"

#include <stdlib.h> // which tells the C library

#if defined(__APPLE__)
#include <malloc/malloc.h>

size_t heap_bytes_in_use(void) { return mstats().bytes_used; }
#elif defined(__GLIBC__)
#include <malloc.h>

size_t heap_bytes_in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
#else
size_t heap_bytes_in_use(void) { return 0; }
#endif
