// What Linux offers to wait for a time, and what Swift's Glibc module leaves out.
#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#endif
