#include "timer_roof.h"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int64_t nanoseconds(struct timespec time) { return time.tv_sec * 1000000000LL + time.tv_nsec; }

int timer_roof(int count, int64_t period_microseconds, double *lateness) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer < 0) return -1;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t deadline = nanoseconds(now);
    for (int index = 0; index < count; index++) {
        deadline += period_microseconds * 1000;
        struct itimerspec setting = {
            .it_value = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000},
        };
        uint64_t expirations;
        if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL) != 0 ||
            read(timer, &expirations, sizeof expirations) != sizeof expirations) {
            close(timer);
            return -1;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        lateness[index] = (double)(nanoseconds(now) - deadline) / 1000;
    }
    close(timer);
    return 0;
}
