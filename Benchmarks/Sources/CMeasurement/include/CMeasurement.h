#ifndef CMEASUREMENT_H
#define CMEASUREMENT_H

#include <stdint.h>

/// How often the calling thread has asked for memory since it began; -1 where that cannot be counted (anywhere but
/// with glibc).
long allocation_count(void);

/// Takes the result of what is measured, out of the compiler's sight, so that it cannot leave the work out.
void keep_result(int64_t result);

#endif
