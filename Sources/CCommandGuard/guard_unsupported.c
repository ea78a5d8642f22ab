#ifndef __linux__
#include "command_guard.h"

#include <errno.h>

// Where a process cannot adopt what others leave behind, a killed server could leave a command running; so none is
// started.

int32_t guard_is_supported(void) { return 0; }

int64_t guard_now(void) { return 0; }

int32_t guard_start(const struct guard_command *command, struct guard_handle *handle) {
    (void)command;
    (void)handle;
    return ENOTSUP;
}

int32_t guard_receive(int32_t socket, struct guard_message *message) {
    (void)socket;
    (void)message;
    return -1;
}

void guard_end(const struct guard_handle *handle, int64_t milliseconds) {
    (void)handle;
    (void)milliseconds;
}

void guard_give_time(int32_t limit, int64_t milliseconds) {
    (void)limit;
    (void)milliseconds;
}

void guard_kill_group(pid_t group) { (void)group; }

void guard_reap(pid_t guard) { (void)guard; }

int32_t guard_input(const void *text, size_t count) {
    (void)text;
    (void)count;
    return -ENOTSUP;
}
#endif
