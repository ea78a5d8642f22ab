#ifdef __linux__
#define _GNU_SOURCE
#include "guard_process.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

// The process that starts commands.

int32_t guard_is_supported(void) { return 1; }

int64_t guard_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return guard_milliseconds(&now);
}

// Moves a descriptor above those of standard input, output and error, which a command gets others for.
static int above_standard(int descriptor) {
    if (descriptor > 2) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    int code = errno;
    close(descriptor);
    errno = code;
    return moved;
}

static int make_socket(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    ends[0] = above_standard(ends[0]);
    ends[1] = above_standard(ends[1]);
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

static int make_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    ends[0] = above_standard(ends[0]);
    ends[1] = above_standard(ends[1]);
    return ends[0] < 0 || ends[1] < 0 ? -1 : fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

static int make_timer(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return timer < 0 ? -1 : above_standard(timer);
}

static void close_both(const int ends[2]) {
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
}

int32_t guard_start(const struct guard_command *command, struct guard_handle *handle) {
    int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
    int limit = make_timer();
    if (limit < 0 || make_socket(sockets) != 0 || make_pipe(pipes) != 0) {
        int code = errno;
        if (limit >= 0) close(limit);
        close_both(sockets);
        close_both(pipes);
        return code;
    }
    // A command of another user may open /dev/stderr, which is this pipe.
    if (command->changes_user && fchown(pipes[1], command->user, command->group) != 0 && errno != EPERM) {
        int code = errno;
        close(limit);
        close_both(sockets);
        close_both(pipes);
        return code;
    }
    struct guard_inheritance inheritance = {command, sockets[1], pipes[1]};
    // No handler of this process may run in the guard.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // Not fork(3), which takes locks and calls handlers; and without a signal at its end, so that nobody who waits for
    // any child of this process, or ignores SIGCHLD, comes in the way.
    long guard = guard_call(SYS_clone, 0L, 0L, 0L, 0L, 0L);
    if (guard == 0) guard_supervise(&inheritance);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(sockets[1]);
    close(pipes[1]);
    if (guard < 0) {
        close(limit);
        close(sockets[0]);
        close(pipes[0]);
        return code;
    }
    handle->guard = (pid_t)guard;
    handle->socket = sockets[0];
    handle->output = pipes[0];
    handle->limit = limit;
    return 0;
}

int32_t guard_receive(int32_t socket, struct guard_message *message) {
    for (;;) {
        ssize_t count = recv(socket, message, sizeof *message, MSG_DONTWAIT);
        if (count == (ssize_t)sizeof *message) return 1;
        if (count < 0 && errno == EINTR) continue;
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
    }
}

void guard_end(const struct guard_handle *handle, int64_t milliseconds) {
    // MSG_NOSIGNAL: the guard may have ended, which is nothing to be killed for.
    while (send(handle->socket, "T", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EINTR) {}
    // Until it is waited for, nobody else can have its number.
    kill(handle->guard, SIGCONT);
    guard_give_time(handle->limit, milliseconds);
}

void guard_give_time(int32_t limit, int64_t milliseconds) {
    struct itimerspec time = {{0, 0}, {milliseconds / 1000, milliseconds % 1000 * 1000000 + 1}};
    timerfd_settime(limit, 0, &time, NULL);
}

void guard_kill_group(pid_t group) {
    if (group > 1) kill(-group, SIGKILL);
}

void guard_reap(pid_t guard) {
    int status;
    // __WALL, since its end raises no signal.
    while (waitpid(guard, &status, __WALL) < 0 && errno == EINTR) {}
}

int32_t guard_input(const void *text, size_t count) {
    int descriptor = (int)syscall(SYS_memfd_create, "carillon-stdin", (unsigned long)MFD_CLOEXEC);
    if (descriptor >= 0) descriptor = above_standard(descriptor);
    if (descriptor < 0) return -errno;
    const char *rest = text;
    while (count > 0) {
        ssize_t written = write(descriptor, rest, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            int code = written < 0 ? errno : EIO;
            close(descriptor);
            return -code;
        }
        rest += written;
        count -= (size_t)written;
    }
    lseek(descriptor, 0, SEEK_SET);
    return descriptor;
}
#endif
