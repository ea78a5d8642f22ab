// What Linux offers to wait for a time, to name a thread and to tell files apart, and what Swift's Glibc module leaves out.
#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

// Names the calling thread; the system keeps 15 bytes. Swift calls no function with a variable number of arguments.
static inline int name_this_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// The beginning of what `statx` answers (`struct statx` of linux/stat.h, whose headers would take `stat` from Glibc's module).
struct file_status {
    unsigned int mask, block_size;
    unsigned long long attributes;
    unsigned int links, owner, group;
    unsigned short mode, spare;
    unsigned long long number, size, blocks, attributes_mask;
    struct { long long seconds; unsigned int nanoseconds; int reserved; } times[4];
    unsigned int special_major, special_minor, device_major, device_minor;
    unsigned long long others[14];
};

// Which file a path leads to. Answers 0, or -1 where there is none, nobody lets this user look, or the system does not know
// the call.
//
// Unlike `stat` it asks for no times: from 6.13 on, Linux stamps a file anew at the next write after somebody has asked when
// it was last written, and writes that stamp to the disk with the next sync.
static inline int identify_file(const char *path, unsigned long long *device, unsigned long long *number) {
#ifdef SYS_statx
    enum { current_folder = -100, number_alone = 0x100 };
    struct file_status status;
    if (syscall(SYS_statx, current_folder, path, 0, number_alone, &status) != 0) return -1;
    unsigned long long major = status.device_major, minor = status.device_minor;
    // Both in one number, as `st_dev` has them.
    *device = (major & ~0xfffULL) << 32 | (major & 0xfff) << 8 | (minor & ~0xffULL) << 12 | (minor & 0xff);
    *number = status.number;
    return 0;
#else
    return -1;
#endif
}
#endif
