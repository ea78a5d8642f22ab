#ifndef __linux__
#include "workers.h"

#include <errno.h>

// Where nothing ends a worker whose pool was killed, none is started.

int32_t worker_start(const char *path, char *const *arguments, char *const *environment, struct worker_handle *handle) {
    (void)path;
    (void)arguments;
    (void)environment;
    (void)handle;
    return ENOTSUP;
}

int32_t worker_cpu_count(void) { return 0; }

int64_t worker_receive(int32_t channel, void *buffer, int64_t size) {
    (void)channel;
    (void)buffer;
    (void)size;
    return -ENOTSUP;
}

int64_t worker_send(int32_t channel, const void *bytes, int64_t count, int32_t waits) {
    (void)channel;
    (void)bytes;
    (void)count;
    (void)waits;
    return -ENOTSUP;
}

void worker_buffer_lines(void) {}
#endif
