#ifdef __linux__
#define _GNU_SOURCE
#include "guard_process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// What a guard asks the system for.

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static void close_between(unsigned first, unsigned last) {
    if (first > last || guard_call(SYS_close_range, (long)first, (long)last, 0L) == 0) return;
    // Before Linux 5.9: one by one, as far as descriptors go.
    struct rlimit limit;
    unsigned most = 65536;
    if (guard_call(SYS_prlimit64, 0L, (long)RLIMIT_NOFILE, NULL, &limit) == 0 && limit.rlim_cur < most)
        most = (unsigned)limit.rlim_cur;
    for (unsigned descriptor = first; descriptor <= last && descriptor < most; descriptor++)
        guard_call(SYS_close, (long)descriptor);
}

void guard_close_others(int first, int second, int third) {
    int kept[3];
    kept[0] = first;
    kept[1] = second;
    kept[2] = third;
    unsigned next = 0;
    for (;;) {
        int lowest = -1;
        for (int index = 0; index < 3; index++) {
            int is_ahead = kept[index] >= 0 && (unsigned)kept[index] >= next;
            if (is_ahead && (lowest < 0 || kept[index] < lowest)) lowest = kept[index];
        }
        if (lowest < 0) break;
        if (lowest > 0) close_between(next, (unsigned)lowest - 1);
        next = (unsigned)lowest + 1;
    }
    close_between(next, ~0u);
}

int guard_for_each_child(void (*visit)(pid_t child, pid_t leader), pid_t leader) {
    long file = guard_call(SYS_openat, (long)AT_FDCWD, "/proc/thread-self/children", (long)(O_RDONLY | O_CLOEXEC), 0L);
    if (file < 0) return 0;
    char block[512];
    pid_t number = 0;
    long count;
    while ((count = guard_call(SYS_read, file, block, sizeof block)) > 0) {
        for (long index = 0; index < count; index++) {
            if (block[index] >= '0' && block[index] <= '9') {
                number = number * 10 + (block[index] - '0');
            } else {
                if (number > 0) visit(number, leader);
                number = 0;
            }
        }
    }
    if (number > 0) visit(number, leader);
    guard_call(SYS_close, file);
    return 1;
}

// Where the command line lies in memory: the 48th and 49th field of /proc/self/stat (proc(5)), read behind the name,
// which may have blanks.
static int find_command_line(uintptr_t bounds[2]) {
    char text[2048];
    bounds[0] = 0;
    bounds[1] = 0;
    long file = guard_call(SYS_openat, (long)AT_FDCWD, "/proc/self/stat", (long)(O_RDONLY | O_CLOEXEC), 0L);
    long count = file < 0 ? 0 : guard_call(SYS_read, file, text, sizeof text);
    if (file >= 0) guard_call(SYS_close, file);
    long index = count - 1;
    while (index > 0 && text[index] != ')') index--;
    int field = 2;
    for (; index < count; index++) {
        if (text[index] == ' ') field++;
        else if (field == 48 || field == 49) bounds[field - 48] = bounds[field - 48] * 10 + (uintptr_t)(text[index] - '0');
    }
    return field > 49 && bounds[0] > 0 && bounds[0] < bounds[1];
}

void guard_take_name(void) {
    static const char name[] = "command-guard";
    uintptr_t bounds[2];
    guard_call(SYS_prctl, (long)PR_SET_NAME, name, 0L, 0L, 0L);
    if (!find_command_line(bounds)) return;
    // Without its NUL at the end the system takes what follows for a part of it (proc(5), cmdline).
    volatile char *line = (volatile char *)bounds[0];
    uintptr_t size = bounds[1] - bounds[0];
    for (uintptr_t index = 0; index < size; index++) line[index] = index < sizeof name && index + 1 < size ? name[index] : 0;
}

// One line of /proc/self/maps, as far as it has been read: `start-end perms offset device inode path`.
struct mapping {
    uintptr_t bounds[2];
    int field;
    int is_written, is_private;
    int position;
    int has_file, has_path;
};

static void begin_line(struct mapping *line) {
    line->bounds[0] = 0;
    line->bounds[1] = 0;
    line->field = 0;
    line->is_written = 0;
    line->is_private = 0;
    line->position = 0;
    line->has_file = 0;
    line->has_path = 0;
}

static void take_letter(struct mapping *line, char letter) {
    if (letter == ' ' && line->field < 6) {
        // Blanks before the path are many.
        if (line->position > 0) line->field++;
        line->position = 0;
        return;
    }
    if (line->field == 0) {
        if (letter == '-') {
            line->position = 2;
            return;
        }
        int digit = letter <= '9' ? letter - '0' : letter - 'a' + 10;
        int bound = line->position >= 2;
        line->bounds[bound] = line->bounds[bound] << 4 | (uintptr_t)digit;
        if (line->position == 0) line->position = 1;
        return;
    }
    if (line->field == 1 && line->position == 1) line->is_written = letter == 'w';
    if (line->field == 1 && line->position == 3) line->is_private = letter == 'p';
    if (line->field == 4 && letter != '0') line->has_file = 1;
    // The heap is to be given back, the stack not.
    if (line->field >= 5 && line->position == 1 && letter == 's') line->has_path = 1;
    if (line->field >= 5 && line->position == 0 && letter == '/') line->has_path = 1;
    line->position++;
}

static int holds(const struct mapping *line, uintptr_t address) {
    return line->bounds[0] <= address && address < line->bounds[1];
}

void guard_release_memory(void) {
    // Small ones hold the variables of libraries.
    const uintptr_t least = 1 << 20;
    uintptr_t stack = (uintptr_t)__builtin_frame_address(0), thread = (uintptr_t)pthread_self();
    long file = guard_call(SYS_openat, (long)AT_FDCWD, "/proc/self/maps", (long)(O_RDONLY | O_CLOEXEC), 0L);
    if (file < 0) return;
    char block[1024];
    struct mapping line;
    begin_line(&line);
    long count;
    while ((count = guard_call(SYS_read, file, block, sizeof block)) > 0) {
        for (long index = 0; index < count; index++) {
            if (block[index] != '\n') {
                take_letter(&line, block[index]);
                continue;
            }
            uintptr_t size = line.bounds[1] - line.bounds[0];
            int is_memory = line.is_written && line.is_private && !line.has_file && !line.has_path;
            if (is_memory && size >= least && !holds(&line, stack) && !holds(&line, thread))
                guard_call(SYS_madvise, (long)line.bounds[0], (long)size, (long)MADV_DONTNEED);
            begin_line(&line);
        }
    }
    guard_call(SYS_close, file);
}
#endif
