#ifndef CARILLON_COMMAND_GUARD_H
#define CARILLON_COMMAND_GUARD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Commands that end with the process that started them, even where that is killed with SIGKILL.
//
// Each command gets a guard: a forked process that starts the command in a process group of its own, and adopts what
// the command leaves behind while it runs (PR_SET_CHILD_SUBREAPER). The two processes hold the ends of a socket; when
// the guard reads its end, the other process has died, and it kills everything at once. See
// docs/decisions/0015-commands-are-guarded.md.

// What is to be done, one step after the other; named where one fails.
enum guard_step {
    guard_step_start = 1,
    guard_step_user = 2,
    guard_step_directory = 3,
    guard_step_input = 4,
    guard_step_output = 5,
    guard_step_execute = 6,
    // It was not to be begun any more.
    guard_step_late = 7,
};

// What is to be run. All lists end with a null pointer.
struct guard_command {
    // Paths of the program, tried in this order.
    char *const *paths;
    char *const *arguments;
    char *const *environment;
    // Null: that of this process.
    const char *directory;
    // -1: that of this process.
    int32_t umask;
    int32_t changes_user;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    size_t group_count;
    // What it reads; -1: nothing. It stays open here.
    int32_t input;
    // How long it has between SIGTERM and SIGKILL.
    int64_t kill_after_milliseconds;
    // It is not begun from this time of `guard_now` on.
    int64_t begin_before;
};

// A command that has been started. All descriptors are closed on exec, and block nowhere.
struct guard_handle {
    pid_t guard;
    // Takes `guard_end`, and gives messages; its end tells that the guard has ended, and its closing kills the command.
    int32_t socket;
    // What the command writes.
    int32_t output;
    // A timer that is readable once the time has passed that `guard_end` or `guard_give_time` gave.
    int32_t limit;
};

enum guard_message_kind {
    // `value` is the process, and its group.
    guard_message_started = 1,
    // `value` is the error number, `step` what failed; an end follows.
    guard_message_failed = 2,
    // `value` is what wait(2) said; `step` is 1 where the command was asked to end before it ended.
    guard_message_ended = 3,
};

struct guard_message {
    int32_t kind;
    int32_t step;
    int32_t value;
};

// Milliseconds on a clock that goes on while processes are stopped and the machine sleeps.
int64_t guard_now(void);

// Whether this system has what a guard needs.
int32_t guard_is_supported(void);

// Starts a command. Answers 0 or an error number.
int32_t guard_start(const struct guard_command *command, struct guard_handle *handle);

// Takes the next message: 1 where there is one, 0 where there is none yet, -1 where none will come.
int32_t guard_receive(int32_t socket, struct guard_message *message);

// Asks a command and all that it has started to end: SIGTERM, then SIGKILL. A guard that was stopped (SIGSTOP) is
// continued; `limit` tells when it should have been done.
void guard_end(const struct guard_handle *handle, int64_t milliseconds);

// Has `limit` tell when a time has passed, from now on.
void guard_give_time(int32_t limit, int64_t milliseconds);

// Kills the process group of a command whose guard has died.
void guard_kill_group(pid_t group);

// Takes a guard whose messages have come to their end off the system's list of processes; waits where it has not quite
// ended yet.
void guard_reap(pid_t guard);

// A file in memory with a text, to be read by a command. Answers a descriptor, or the negative error number.
int32_t guard_input(const void *text, size_t count);

#endif
