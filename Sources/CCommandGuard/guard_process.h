#ifndef CARILLON_GUARD_PROCESS_H
#define CARILLON_GUARD_PROCESS_H
#ifdef __linux__

#include "command_guard.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// In a process that was forked from one with threads only calls of the system are sound: locks of the C library may be
// held for ever, and its lists of threads are wrong (setuid(3) waits for threads that are not there). Later the guard
// gives back the memory that it inherited, and with it what the dynamic linker needs to find a function for the first
// time. So a guard uses nothing but this one function, which has been found by then.
#define guard_call(...) syscall(__VA_ARGS__)

static inline int64_t guard_milliseconds(const struct timespec *time) {
    return (int64_t)time->tv_sec * 1000 + time->tv_nsec / 1000000;
}

// What a guard and the command that it starts have of the process that they were forked from.
struct guard_inheritance {
    const struct guard_command *command;
    int socket;
    int output;
};

// Watches over a command; the whole life of the guard.
void guard_supervise(const struct guard_inheritance *inheritance) __attribute__((noreturn));

// Becomes the command.
void guard_become_command(const struct guard_inheritance *inheritance, pid_t guard) __attribute__((noreturn));

// Closes every descriptor but two.
void guard_close_others(int first, int second, int third);

// Takes the name of the server off a guard, so that who kills all processes of that name does not kill guards with it:
// they would leave what their commands have started.
void guard_take_name(void);

// Gives back the memory that a guard does not use.
void guard_release_memory(void);

// Calls a function with each process whose parent this one is; 0 where they cannot be listed.
int guard_for_each_child(void (*visit)(pid_t child, pid_t leader), pid_t leader);

void guard_send(int socket, int kind, int step, int value);

#endif
#endif
