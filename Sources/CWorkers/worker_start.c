#ifdef __linux__
#define _GNU_SOURCE
#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The sanitizer would take the call for a fork, and then end this process when it starts another thread. It does not know
// the function by its other name in glibc.
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif
#endif

// What a process needs that becomes a worker.
struct start {
    const char *path;
    char *const *arguments;
    char *const *environment;
    int channel;
    pid_t parent;
    // Why it did not become one; 0 if it did.
    int error;
};

static void close_from(unsigned first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (long)first, (long)~0u, 0L) == 0) return;
#endif
    // Before Linux 5.9: one by one, as far as descriptors go.
    struct rlimit limit;
    unsigned most = 65536;
    if (syscall(SYS_prlimit64, 0L, (long)RLIMIT_NOFILE, NULL, &limit) == 0 && limit.rlim_cur < most)
        most = (unsigned)limit.rlim_cur;
    for (unsigned descriptor = first; descriptor < most; descriptor++) syscall(SYS_close, (long)descriptor);
}

static int fail(struct start *start) {
    start->error = errno;
    return 127;
}

// It shares the memory of the process that starts it, one of whose threads waits meanwhile: it makes calls of the system alone.
static int become_worker(void *argument) {
    struct start *start = argument;
    syscall(SYS_setsid);
    syscall(SYS_prctl, (long)PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
    // The process may have been killed before.
    if ((pid_t)syscall(SYS_getppid) != start->parent) return fail(start);
    // Standard input is nobody's, and the others exist, so that no file gets their numbers.
    int null = (int)syscall(SYS_openat, (long)AT_FDCWD, "/dev/null", (long)O_RDWR, 0L);
    if (null < 0) return fail(start);
    int channel = start->channel;
    if (null != 0 && syscall(SYS_dup3, (long)null, 0L, 0L) < 0) return fail(start);
    for (int number = 1; number <= 2; number++) {
        if (syscall(SYS_fcntl, (long)number, (long)F_GETFD, 0L) >= 0 || number == channel) continue;
        if (syscall(SYS_dup3, 0L, (long)number, 0L) < 0) return fail(start);
    }
    if (channel == WORKER_CHANNEL) {
        if (syscall(SYS_fcntl, (long)channel, (long)F_SETFD, 0L) < 0) return fail(start);
    } else if (syscall(SYS_dup3, (long)channel, (long)WORKER_CHANNEL, 0L) < 0) {
        return fail(start);
    }
    close_from(WORKER_CHANNEL + 1);
    // All 64, those of the C library too, which sigaction(3) and sigprocmask(3) leave out. Nothing but zeros is the default.
    uint64_t none = 0, action[8] = {0};
    for (long number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, action, NULL, sizeof none);
    syscall(SYS_rt_sigprocmask, (long)SIG_SETMASK, &none, NULL, sizeof none);
    syscall(SYS_execve, start->path, start->arguments, start->environment);
    return fail(start);
}

// Moves a descriptor above those that the worker gets others for.
static int above_standard(int descriptor) {
    if (descriptor < 0 || descriptor > 2) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, WORKER_CHANNEL);
    int code = errno;
    close(descriptor);
    errno = code;
    return moved;
}

int32_t worker_start(const char *path, char *const *arguments, char *const *environment, struct worker_handle *handle) {
    const size_t stack_size = 1 << 16;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    ends[0] = above_standard(ends[0]);
    ends[1] = above_standard(ends[1]);
    char *stack = ends[0] < 0 || ends[1] < 0
        ? MAP_FAILED
        : mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) {
        int code = errno;
        if (ends[0] >= 0) close(ends[0]);
        if (ends[1] >= 0) close(ends[1]);
        return code;
    }
    struct start start = {path, arguments, environment, ends[1], getpid(), 0};
    // No handler of this process may run in the new one.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // Without a copy of the memory, which takes long where a process has much of it. Returns when the program was executed.
    int process = clone(become_worker, stack + stack_size, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
    int code = process < 0 ? errno : start.error;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    munmap(stack, stack_size);
    close(ends[1]);
    if (code != 0) {
        close(ends[0]);
        int status;
        if (process > 0) while (waitpid(process, &status, 0) < 0 && errno == EINTR) {}
        return code;
    }
    handle->process = process;
    handle->channel = ends[0];
#ifdef SYS_pidfd_open
    // Until it is waited for, nobody else can have its number.
    handle->process_descriptor = (int32_t)syscall(SYS_pidfd_open, (long)process, 0L);
#else
    handle->process_descriptor = -1;
#endif
    return 0;
}

void worker_buffer_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

int32_t worker_cpu_count(void) {
    unsigned long mask[1024] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0L, sizeof mask, mask);
    int32_t count = 0;
    for (long index = 0; index < bytes / (long)sizeof mask[0]; index++) count += __builtin_popcountl(mask[index]);
    return count;
}

int64_t worker_receive(int32_t channel, void *buffer, int64_t size) {
    for (;;) {
        ssize_t count = recv(channel, buffer, (size_t)size, MSG_DONTWAIT);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int64_t worker_send(int32_t channel, const void *bytes, int64_t count, int32_t waits) {
    for (;;) {
        ssize_t sent = send(channel, bytes, (size_t)count, MSG_NOSIGNAL | (waits ? 0 : MSG_DONTWAIT));
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}
#endif
