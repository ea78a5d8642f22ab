// Stands in front of libc's fsync, fdatasync and rename in the executable that this file is linked into, for the
// libraries that it loads, too. Where DISK_CALLS names a file, each call that succeeds adds a line to it: `sync PATH` or
// `rename OLD NEW`. A test can so see what the disk was asked for, and in which order.
#if defined(__linux__)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void note(const char *call, const char *first, const char *second)
{
    const char *log = getenv("DISK_CALLS");
    if (log == NULL) return;
    int descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return;
    dprintf(descriptor, "%s %s%s%s\n", call, first, second ? " " : "", second ? second : "");
    close(descriptor);
}

static int noted(int result, int descriptor)
{
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = result == 0 ? readlink(link, path, sizeof path - 1) : -1;
    if (length < 0) return result;
    path[length] = 0;
    note("sync", path, NULL);
    return result;
}

int fsync(int descriptor)
{
    int (*call)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return noted(call(descriptor), descriptor);
}

int fdatasync(int descriptor)
{
    int (*call)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return noted(call(descriptor), descriptor);
}

int rename(const char *old, const char *new)
{
    int (*call)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    int result = call(old, new);
    if (result == 0) note("rename", old, new);
    return result;
}
#else
typedef int nothing;
#endif
