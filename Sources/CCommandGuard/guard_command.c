#ifdef __linux__
#define _GNU_SOURCE
#include "guard_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

// What the process does that becomes the command.

#if defined(SYS_setgroups32)
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETRESUID SYS_setresuid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETRESUID SYS_setresuid
#endif

static void fail(int socket, int step) __attribute__((noreturn));
static void fail(int socket, int step) {
    guard_send(socket, guard_message_failed, step, errno);
    for (;;) guard_call(SYS_exit_group, 127L);
}

static void reset_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    // All 64, those of the C library too, which sigprocmask(3) leaves out.
    uint64_t none = 0;
    guard_call(SYS_rt_sigprocmask, (long)SIG_SETMASK, &none, NULL, sizeof none);
}

void guard_become_command(const struct guard_inheritance *inheritance, pid_t guard) {
    const struct guard_command *command = inheritance->command;
    int socket = inheritance->socket;
    guard_call(SYS_setpgid, 0L, 0L);
    if (command->changes_user) {
        if (guard_call(CALL_SETGROUPS, command->group_count, command->groups) != 0
            || guard_call(CALL_SETRESGID, command->group, command->group, command->group) != 0
            || guard_call(CALL_SETRESUID, command->user, command->user, command->user) != 0)
            fail(socket, guard_step_user);
    }
    // After the change of the user, which takes it back. The guard may have been killed before.
    guard_call(SYS_prctl, (long)PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
    if ((pid_t)guard_call(SYS_getppid) != guard) for (;;) guard_call(SYS_exit_group, 127L);
    if (command->directory && guard_call(SYS_chdir, command->directory) != 0) fail(socket, guard_step_directory);
    if (command->umask >= 0) guard_call(SYS_umask, (long)command->umask);
    int input = command->input;
    if (input < 0) input = (int)guard_call(SYS_openat, (long)AT_FDCWD, "/dev/null", (long)O_RDONLY, 0L);
    if (input < 0) fail(socket, guard_step_input);
    // Where /dev/null became descriptor 0, there is nothing to copy.
    if (input != 0 && guard_call(SYS_dup3, (long)input, 0L, 0L) < 0) fail(socket, guard_step_input);
    if (guard_call(SYS_dup3, (long)inheritance->output, 1L, 0L) < 0
        || guard_call(SYS_dup3, (long)inheritance->output, 2L, 0L) < 0)
        fail(socket, guard_step_output);
    if (input > 2) guard_call(SYS_close, (long)input);
    reset_signals();
    // As late as can be: all that comes before may have been held up.
    struct timespec now = {0, 0};
    guard_call(SYS_clock_gettime, (long)CLOCK_BOOTTIME, &now);
    if (guard_milliseconds(&now) >= command->begin_before) fail(socket, guard_step_late);
    int code = ENOENT;
    for (char *const *path = command->paths; *path; path++) {
        guard_call(SYS_execve, *path, command->arguments, command->environment);
        if (errno != EACCES && errno != ENOENT && errno != ENOTDIR) fail(socket, guard_step_execute);
        // As execvp(3) does: the next directory may have it; a file that may not be run is what is told of in the end. A
        // directory that may not be entered is no such file, unless it was named.
        int is_only = path == command->paths && !path[1];
        if (errno == EACCES && (is_only || guard_call(SYS_faccessat, (long)AT_FDCWD, *path, (long)F_OK) == 0))
            code = EACCES;
    }
    errno = code;
    fail(socket, guard_step_execute);
}
#endif
