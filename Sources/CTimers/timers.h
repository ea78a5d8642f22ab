// What Linux offers to wait for a time and to name a thread, and what Swift's Glibc module leaves out.
#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

// Names the calling thread; the system keeps 15 bytes. Swift calls no function with a variable number of arguments.
static inline int name_this_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
#endif
