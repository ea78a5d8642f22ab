#ifndef CARILLON_TRANSFER_H
#define CARILLON_TRANSFER_H

#include <stddef.h>
#include <stdint.h>

// HTTP requests by libcurl, which is loaded when the first one is made: nothing is needed to build, and who makes no
// request needs no libcurl. Why not the toolchain's own client: docs/decisions/0016-requests-by-libcurl.md.

// Null where requests can be made; otherwise what is missing.
const char *transfer_problem(void);

// What is asked for. Texts end with a NUL.
struct transfer_request {
    const char *method;
    // http or https, without user and password.
    const char *url;
    // Lines of the form `name: value`, ended by a null pointer.
    const char *const *headers;
    // Null where there is none.
    const void *body;
    int64_t body_count;
    int64_t timeout_milliseconds;
    // A file and a folder with the certificates that are trusted; null where that is what libcurl was built with. With
    // `only_authority_file` those of the file alone are.
    const char *authority_file;
    const char *authority_folder;
    int32_t only_authority_file;
    // What the client shows of itself; null where that is nothing. The key may be in the file of the certificate.
    const char *certificate;
    const char *key;
};

// Called with each line of the head of an answer, and with each part of its body, on the thread of `transfer_perform`.
typedef void (*transfer_receiver)(void *context, int32_t is_head, const char *bytes, size_t count);

// How a request ended; the numbers of libcurl where they are positive.
enum transfer_end {
    transfer_end_cancelled = -1,
    transfer_end_answered = 0,
    transfer_end_proxy_unknown = 5,
    transfer_end_host_unknown = 6,
    transfer_end_not_connected = 7,
    transfer_end_cut_off = 18,
    transfer_end_timed_out = 28,
    transfer_end_no_answer = 52,
    transfer_end_receive_failed = 56,
    transfer_end_client_certificate_refused = 58,
    transfer_end_certificate_refused = 60,
};

// One request and its answer.
struct transfer;

// Null where there is no memory.
struct transfer *transfer_make(void);

void transfer_free(struct transfer *transfer);

// Makes a request, and returns when it has ended. It keeps the calling thread until then.
int32_t transfer_perform(struct transfer *transfer, const struct transfer_request *request,
                         transfer_receiver receiver, void *context);

// Ends `transfer_perform` on another thread, or the one that is yet to begin.
void transfer_cancel(struct transfer *transfer);

// The status of the answer; 0 where none has come.
int32_t transfer_status(struct transfer *transfer);

// Where the answer sends the client, as a whole address; null where it does not.
const char *transfer_redirection(struct transfer *transfer);

// The variable that names the proxy that was used, ` == '`, the address of the proxy, `'`; null where there was none.
const char *transfer_proxy(struct transfer *transfer);

// What libcurl says of the end, and the system's error number behind it (0: none).
const char *transfer_message(struct transfer *transfer);
int32_t transfer_system_error(struct transfer *transfer);

#endif
