#include "decorations.h"

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#include <mach-o/getsect.h>

void carillon_call_decorations(void *collector) {
    unsigned long size = 0;
    const struct mach_header_64 *program = (const struct mach_header_64 *)_dyld_get_image_header(0);
    carillon_decoration *records = (carillon_decoration *)getsectiondata(program, "__DATA", "carillon_jobs", &size);
    for (unsigned long index = 0; records && index < size / sizeof *records; index++) records[index](collector);
}
#else
// Weak: a program without a decoration has no such section.
extern carillon_decoration __start_carillon_jobs[] __attribute__((weak));
extern carillon_decoration __stop_carillon_jobs[] __attribute__((weak));

void carillon_call_decorations(void *collector) {
    if (!__start_carillon_jobs) return;
    for (carillon_decoration *record = __start_carillon_jobs; record < __stop_carillon_jobs; record++) (*record)(collector);
}
#endif
