// A wall clock that can be set for some processes alone: preloaded (LD_PRELOAD), it shifts what they read of
// CLOCK_REALTIME by the nanoseconds in the file $FAULTS_CLOCK, 8 bytes in the machine's order, and tells timers with
// TFD_TIMER_CANCEL_ON_SET of every write to that file, as the kernel does when the clock is set. Linux only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 4096, REALTIME = 1, WATCHED = 2, SET = 4 };

static _Atomic int64_t *shift;
static _Atomic unsigned char timers[MOST_DESCRIPTORS];
static pthread_once_t watching = PTHREAD_ONCE_INIT;

__attribute__((constructor)) static void open_shift(void) {
    const char *path = getenv("FAULTS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) shift = page;
    close(file);
}

static int64_t shift_now(void) { return shift ? atomic_load(shift) : 0; }

static void add(struct timespec *time, int64_t nanoseconds) {
    int64_t rest = time->tv_nsec + nanoseconds % 1000000000;
    time->tv_sec += nanoseconds / 1000000000;
    if (rest < 0) rest += 1000000000, time->tv_sec -= 1;
    if (rest >= 1000000000) rest -= 1000000000, time->tv_sec += 1;
    time->tv_nsec = rest;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) add(time, shift_now());
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

// Makes the timers that watch the clock readable whenever the file is written.
static void *watch(void *unused) {
    (void)unused;
    int events = inotify_init1(IN_CLOEXEC);
    if (events < 0 || inotify_add_watch(events, getenv("FAULTS_CLOCK"), IN_MODIFY) < 0) return NULL;
    char buffer[4096];
    while (syscall(SYS_read, events, buffer, sizeof buffer) > 0 || errno == EINTR) {
        for (int timer = 0; timer < MOST_DESCRIPTORS; timer++) {
            if ((atomic_load(&timers[timer]) & WATCHED) == 0) continue;
            atomic_fetch_or(&timers[timer], SET);
            struct itimerspec now = {.it_value = {.tv_nsec = 1}};
            syscall(SYS_timerfd_settime, timer, 0, &now, NULL);
        }
    }
    return NULL;
}

static void start_watching(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch, NULL) == 0) pthread_detach(thread);
}

int timerfd_create(int clock, int flags) {
    int timer = syscall(SYS_timerfd_create, clock, flags);
    if (shift && timer >= 0 && timer < MOST_DESCRIPTORS) {
        atomic_store(&timers[timer], clock == CLOCK_REALTIME ? REALTIME : 0);
    }
    return timer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
    struct itimerspec setting = *new;
    if (timer >= 0 && timer < MOST_DESCRIPTORS && (atomic_load(&timers[timer]) & REALTIME)) {
        if (flags & TFD_TIMER_ABSTIME) add(&setting.it_value, -shift_now());
        int isWatched = (flags & TFD_TIMER_ABSTIME) && (flags & TFD_TIMER_CANCEL_ON_SET);
        atomic_store(&timers[timer], isWatched ? REALTIME | WATCHED : REALTIME);
        if (isWatched) pthread_once(&watching, start_watching);
    }
    return syscall(SYS_timerfd_settime, timer, flags, &setting, old);
}

ssize_t read(int descriptor, void *buffer, size_t count) {
    ssize_t result = syscall(SYS_read, descriptor, buffer, count);
    if (descriptor < 0 || descriptor >= MOST_DESCRIPTORS || result != 8) return result;
    if ((atomic_load(&timers[descriptor]) & SET) == 0) return result;
    atomic_fetch_and(&timers[descriptor], (unsigned char)~SET);
    errno = ECANCELED;
    return -1;
}

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS) atomic_store(&timers[descriptor], 0);
    return syscall(SYS_close, descriptor);
}
