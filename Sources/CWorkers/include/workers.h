#ifndef CARILLON_WORKERS_H
#define CARILLON_WORKERS_H

#include <stdint.h>
#include <sys/types.h>

// Worker processes of a process pool. See docs/process-pool.md.

// Where a worker finds its end of the connection.
#define WORKER_CHANNEL 3

// A worker that has been started. All descriptors are closed on exec.
struct worker_handle {
    pid_t process;
    // The pool's end of the connection: a stream that does not block. Its end tells that the worker has ended.
    int32_t channel;
    // Readable when the process has ended; -1 where the system has no such descriptors (before Linux 5.3).
    int32_t process_descriptor;
};

// Starts a worker: no signal blocked or ignored, a session of its own, no descriptor of this process but standard output and
// error and its end of the connection. It is killed when the calling thread ends. Answers 0 or an error number.
int32_t worker_start(const char *path, char *const *arguments, char *const *environment, struct worker_handle *handle);

// How many CPUs this process may use (sched_getaffinity(2)); 0 if the system does not tell.
int32_t worker_cpu_count(void);

// Takes what is there, without waiting. Answers the number of bytes, 0 at the end, or the negative error number.
int64_t worker_receive(int32_t channel, void *buffer, int64_t size);

// Sends as much as there is room for, without a signal where the other end is closed. Waits for room if `waits` is not 0.
// Answers the number of bytes or the negative error number.
int64_t worker_send(int32_t channel, const void *bytes, int64_t count, int32_t waits);

// Has whatever this process prints written line by line.
void worker_buffer_lines(void);

#endif
