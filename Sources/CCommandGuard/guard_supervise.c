#ifdef __linux__
#define _GNU_SOURCE
#include "guard_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

// The guard of a command.

// How often it looks for processes that were forked while others were killed.
static const int64_t milliseconds_between_kills = 5;

struct watch {
    int socket;
    int signals;
    pid_t leader;
    int leader_runs;
    int status;
    // The leader was asked to end before it had.
    int was_asked;
    // It was asked to end the command; when it kills what is left then.
    int is_ending;
    int64_t deadline;
    // Everything is to be killed.
    int is_killing;
    // There is a process to tell how the command ended.
    int has_server;
};

static void leave(void) __attribute__((noreturn));
static void leave(void) {
    for (;;) guard_call(SYS_exit_group, 0L);
}

static int64_t now_in_milliseconds(void) {
    struct timespec now;
    now.tv_sec = 0;
    now.tv_nsec = 0;
    guard_call(SYS_clock_gettime, (long)CLOCK_MONOTONIC, &now);
    return guard_milliseconds(&now);
}

void guard_send(int socket, int kind, int step, int value) {
    struct guard_message message;
    message.kind = kind;
    message.step = step;
    message.value = value;
    while (guard_call(SYS_sendto, (long)socket, &message, sizeof message, (long)MSG_NOSIGNAL, NULL, 0L) < 0) {
        if (errno != EINTR) return;
    }
}

static void kill_child(pid_t child, pid_t leader) {
    (void)leader;
    guard_call(SYS_kill, (long)child, (long)SIGKILL);
}

// The group has been asked as a whole.
static void ask_child_outside_group(pid_t child, pid_t leader) {
    if (guard_call(SYS_getpgid, (long)child) != leader) guard_call(SYS_kill, (long)child, (long)SIGTERM);
}

// Kills the group, and each child: what a child has started becomes a child of the guard by that.
static void kill_all(const struct watch *watch) {
    // While the leader has not been waited for, nobody else's group can have its number.
    if (watch->leader_runs) guard_call(SYS_kill, -(long)watch->leader, (long)SIGKILL);
    if (!guard_for_each_child(kill_child, watch->leader)) guard_call(SYS_kill, -(long)watch->leader, (long)SIGKILL);
}

// Waits for children that have ended; 0 where there are none left, ended or not.
static int reap(struct watch *watch) {
    for (;;) {
        int status = 0;
        long child = guard_call(SYS_wait4, -1L, &status, (long)(WNOHANG | __WALL), NULL);
        if (child == 0) return 1;
        if (child < 0) {
            if (errno == EINTR) continue;
            return 0;
        }
        if (child != watch->leader) continue;
        watch->leader_runs = 0;
        watch->status = status;
        // Each is asked once: by its group, or here.
        if (watch->is_ending) guard_for_each_child(ask_child_outside_group, watch->leader);
    }
}

static void end_command(struct watch *watch, int64_t grace) {
    if (watch->is_ending) return;
    watch->is_ending = 1;
    watch->was_asked = watch->leader_runs;
    watch->deadline = now_in_milliseconds() + grace;
    guard_call(SYS_kill, -(long)watch->leader, (long)SIGTERM);
    // A stopped process hears nothing else.
    guard_call(SYS_kill, -(long)watch->leader, (long)SIGCONT);
}

// Hears what the server says, or that it has died.
static void listen_to_server(struct watch *watch, int64_t grace) {
    char request = 0;
    long count = guard_call(SYS_recvfrom, (long)watch->socket, &request, 1L, (long)MSG_DONTWAIT, NULL, NULL);
    if (count > 0) {
        // It may have ended before it was asked to.
        reap(watch);
        if (watch->leader_runs) end_command(watch, grace);
        return;
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    watch->has_server = 0;
    watch->is_killing = 1;
}

static void wait_for_news(const struct watch *watch, int64_t milliseconds) {
    struct pollfd news[2];
    news[0].fd = watch->has_server ? watch->socket : -1;
    news[0].events = POLLIN;
    news[0].revents = 0;
    news[1].fd = watch->signals;
    news[1].events = POLLIN;
    news[1].revents = 0;
    struct timespec limit;
    limit.tv_sec = milliseconds / 1000;
    limit.tv_nsec = milliseconds % 1000 * 1000000;
    guard_call(SYS_ppoll, news, 2L, milliseconds < 0 ? NULL : &limit, NULL, 0L);
    struct signalfd_siginfo signals;
    while (guard_call(SYS_read, (long)watch->signals, &signals, sizeof signals) > 0) {}
}

static void watch_over(struct watch *watch, int64_t grace) __attribute__((noreturn));
static void watch_over(struct watch *watch, int64_t grace) {
    for (;;) {
        int has_children = reap(watch);
        // What a command leaves behind that ends by itself lives on; what is ended leaves nothing.
        int leaves_nothing = watch->is_ending || watch->is_killing;
        if (!watch->leader_runs && (!leaves_nothing || !has_children)) {
            if (watch->has_server) guard_send(watch->socket, guard_message_ended, watch->was_asked, watch->status);
            leave();
        }
        int64_t wait = -1;
        if (watch->is_ending && !watch->is_killing) {
            wait = watch->deadline - now_in_milliseconds();
            if (wait <= 0) watch->is_killing = 1;
        }
        if (watch->is_killing) {
            kill_all(watch);
            wait = milliseconds_between_kills;
        }
        wait_for_news(watch, wait);
        if (watch->has_server) listen_to_server(watch, grace);
    }
}

void guard_supervise(const struct guard_inheritance *inheritance) {
    const struct guard_command *command = inheritance->command;
    int socket = inheritance->socket;
    int64_t grace = command->kill_after_milliseconds;
    // First of all: among them are the other ends of sockets by which other guards see that the server has died.
    guard_close_others(socket, inheritance->output, command->input);
    // A stopped guard would not see the server die. The signal comes when the thread ends that forked the guard, which
    // waits for it otherwise; it is blocked like all others, and continues a stopped process nevertheless.
    guard_call(SYS_prctl, (long)PR_SET_PDEATHSIG, (long)SIGCONT, 0L, 0L, 0L);
    guard_call(SYS_prctl, (long)PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
    guard_take_name();
    // Neither the keys of a terminal nor a signal to the server's group ends the guard or the command.
    guard_call(SYS_setsid);
    // Where the server ignores it, nobody could wait for a child.
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &action, NULL);
    uint64_t all = ~(uint64_t)0;
    guard_call(SYS_rt_sigprocmask, (long)SIG_SETMASK, &all, NULL, sizeof all);
    uint64_t child_signals = (uint64_t)1 << (SIGCHLD - 1);
    struct watch watch;
    watch.socket = socket;
    watch.signals = (int)guard_call(SYS_signalfd4, -1L, &child_signals, sizeof child_signals,
                                    (long)(SFD_CLOEXEC | SFD_NONBLOCK));
    watch.status = 0;
    watch.is_ending = 0;
    watch.was_asked = 0;
    watch.deadline = 0;
    watch.is_killing = 0;
    watch.has_server = 1;
    watch.leader_runs = 1;
    pid_t guard = (pid_t)guard_call(SYS_getpid);
    long leader = watch.signals < 0 ? -1 : guard_call(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
    if (leader < 0) {
        guard_send(socket, guard_message_failed, guard_step_start, errno);
        leave();
    }
    if (leader == 0) guard_become_command(inheritance, guard);
    watch.leader = (pid_t)leader;
    // The command does the same; whoever is first.
    guard_call(SYS_setpgid, leader, leader);
    guard_call(SYS_close, (long)inheritance->output);
    if (command->input >= 0) guard_call(SYS_close, (long)command->input);
    guard_call(SYS_chdir, "/");
    guard_send(socket, guard_message_started, 0, (int)leader);
    guard_release_memory();
    watch_over(&watch, grace);
}
#endif
