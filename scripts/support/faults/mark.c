// The command of every job: mark FILE MILLISECONDS [STATUS [ATTEMPTS]]
// Appends a line when it begins and one when it ends, with the run, the server that began it, and the microseconds of
// the monotonic clock, which no step of the wall clock moves. The first ATTEMPTS (1) attempts end with STATUS (0).
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "-";
}

static int note(int file, char kind) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char line[1024];
    int length = snprintf(line, sizeof line, "%c\t%s\t%s\t%lld\n", kind, variable("CARILLON_RUN"),
                          variable("FAULTS_SERVER"), now.tv_sec * 1000000LL + now.tv_nsec / 1000);
    return length < (int)sizeof line && write(file, line, length) == length;
}

int main(int count, char **arguments) {
    if (count < 3) return 64;
    int file = open(arguments[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || !note(file, 'S')) return 74;
    long milliseconds = atol(arguments[2]);
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&pause, &pause) != 0) {}
    int status = count > 3 ? atoi(arguments[3]) : 0;
    if (atoi(variable("CARILLON_ATTEMPT")) > (count > 4 ? atoi(arguments[4]) : 1)) status = 0;
    return note(file, 'E') ? status : 74;
}
