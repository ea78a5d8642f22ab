#define _GNU_SOURCE
#include "transfer.h"

#include "libcurl.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// One request and its answer.

struct transfer {
    const struct libcurl *curl;
    void *easy;
    // Of its own, so that a name that is slow to look up keeps no other request waiting, and another thread can end the
    // wait.
    void *multi;
    atomic_int is_cancelled;
    int64_t deadline;
    int is_late;
    transfer_receiver receiver;
    void *context;
    int result;
    char error[libcurl_error_size];
    // Where a proxy was used.
    char proxy[512];
};

struct transfer *transfer_make(void) {
    const struct libcurl *curl = libcurl_loaded();
    struct transfer *transfer = curl ? calloc(1, sizeof *transfer) : NULL;
    if (!transfer) return NULL;
    transfer->curl = curl;
    transfer->easy = curl->easy_init();
    transfer->multi = curl->multi_init();
    if (!transfer->easy || !transfer->multi) {
        transfer_free(transfer);
        return NULL;
    }
    return transfer;
}

void transfer_free(struct transfer *transfer) {
    if (transfer->easy) transfer->curl->easy_cleanup(transfer->easy);
    if (transfer->multi) transfer->curl->multi_cleanup(transfer->multi);
    free(transfer);
}

static int64_t now_in_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t receive(struct transfer *transfer, int32_t is_head, const char *bytes, size_t count) {
    // Any other number than `count` ends the transfer.
    if (atomic_load(&transfer->is_cancelled)) return count == 0;
    // libcurl looks at the time when it has read what there is, which is never the case where more comes quickly enough.
    if (now_in_milliseconds() > transfer->deadline) {
        transfer->is_late = 1;
        return count == 0;
    }
    transfer->receiver(transfer->context, is_head, bytes, count);
    return count;
}

static size_t receive_head(char *bytes, size_t size, size_t count, void *transfer) {
    return receive(transfer, 1, bytes, size * count);
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *transfer) {
    return receive(transfer, 0, bytes, size * count);
}

// libcurl has no other way to tell which proxy it uses before version 8.7, and then only that it uses one.
static int take_remark(void *easy, int kind, const char *text, size_t count, struct transfer *transfer) {
    static const char words[] = "Uses proxy env variable ";
    (void)easy;
    if (kind != libcurl_debug_text || count < sizeof words || strncmp(text, words, sizeof words - 1) != 0) return 0;
    text += sizeof words - 1;
    count -= sizeof words - 1;
    // It says the same of the variable that names what needs no proxy.
    if (count > 2 && (strncmp(text, "no", 2) == 0 || strncmp(text, "NO", 2) == 0)) return 0;
    while (count > 0 && text[count - 1] == '\n') count--;
    if (count >= sizeof transfer->proxy) return 0;
    memcpy(transfer->proxy, text, count);
    transfer->proxy[count] = 0;
    return 0;
}

static int set_certificates(struct transfer *transfer, const struct transfer_request *request) {
    int (*set)(void *, int, ...) = transfer->curl->easy_setopt;
    void *easy = transfer->easy;
    int code = 0;
    if (request->authority_file) code = set(easy, libcurl_option_authority_file, request->authority_file);
    if (!code && (request->authority_folder || request->only_authority_file))
        code = set(easy, libcurl_option_authority_folder, request->authority_folder);
    if (!code && request->certificate) code = set(easy, libcurl_option_client_certificate, request->certificate);
    if (!code && request->key) code = set(easy, libcurl_option_client_key, request->key);
    return code;
}

static struct libcurl_list *make_headers(const struct libcurl *curl, const char *const *lines) {
    struct libcurl_list *list = NULL;
    for (; *lines; lines++) {
        struct libcurl_list *longer = curl->slist_append(list, *lines);
        if (!longer) break;
        list = longer;
    }
    return list;
}

static int set_options(struct transfer *transfer, const struct transfer_request *request,
                       const struct libcurl_list *headers) {
    int (*set)(void *, int, ...) = transfer->curl->easy_setopt;
    void *easy = transfer->easy;
    // Those that what is promised rests on must be there.
    int code = set(easy, libcurl_option_url, request->url);
    if (!code) code = set(easy, libcurl_option_protocols, libcurl_protocols_of_the_web);
    if (!code) code = set(easy, libcurl_option_follow_location, 0L);
    if (!code) code = set(easy, libcurl_option_verify_peer, 1L);
    if (!code) code = set(easy, libcurl_option_verify_host, 2L);
    if (!code) code = set(easy, libcurl_option_no_signal, 1L);
    if (!code) code = set(easy, libcurl_option_timeout_milliseconds, (long)request->timeout_milliseconds);
    if (!code) code = set(easy, libcurl_option_connect_timeout_milliseconds, (long)request->timeout_milliseconds);
    if (!code) code = set(easy, libcurl_option_error_buffer, transfer->error);
    if (!code) code = set(easy, libcurl_option_write_function, receive_body);
    if (!code) code = set(easy, libcurl_option_write_data, transfer);
    if (!code) code = set(easy, libcurl_option_header_function, receive_head);
    if (!code) code = set(easy, libcurl_option_header_data, transfer);
    if (!code) code = set(easy, libcurl_option_http_headers, headers);
    if (!code) code = set_certificates(transfer, request);
    if (code) return code;
    set(easy, libcurl_option_debug_function, take_remark);
    set(easy, libcurl_option_debug_data, transfer);
    set(easy, libcurl_option_verbose, 1L);
    // What older libraries lack is not needed.
    set(easy, libcurl_option_suppress_connect_headers, 1L);
    set(easy, libcurl_option_http09_allowed, 0L);
    set(easy, libcurl_option_accept_encoding, "");
    if (request->body) {
        code = set(easy, libcurl_option_post, 1L);
        if (!code) code = set(easy, libcurl_option_post_field_size, request->body_count);
        if (!code) code = set(easy, libcurl_option_post_fields, request->body);
    } else if (strcmp(request->method, "HEAD") == 0) {
        return set(easy, libcurl_option_no_body, 1L);
    }
    return code ? code : set(easy, libcurl_option_custom_request, request->method);
}

static int perform(struct transfer *transfer) {
    const struct libcurl *curl = transfer->curl;
    for (;;) {
        int running = 0;
        if (curl->multi_perform(transfer->multi, &running) != 0) return transfer_end_receive_failed;
        if (atomic_load(&transfer->is_cancelled)) return transfer_end_cancelled;
        int left = 0;
        const struct libcurl_message *message;
        while ((message = curl->multi_info_read(transfer->multi, &left))) {
            if (message->message == libcurl_message_done) return message->data.result;
        }
        if (!running) return transfer_end_receive_failed;
        curl->multi_poll(transfer->multi, NULL, 0, 1000, NULL);
    }
}

int32_t transfer_perform(struct transfer *transfer, const struct transfer_request *request,
                         transfer_receiver receiver, void *context) {
    const struct libcurl *curl = transfer->curl;
    transfer->receiver = receiver;
    transfer->context = context;
    transfer->deadline = now_in_milliseconds() + request->timeout_milliseconds;
    struct libcurl_list *headers = make_headers(curl, request->headers);
    int result = set_options(transfer, request, headers);
    if (result == 0 && curl->multi_add_handle(transfer->multi, transfer->easy) != 0) result = transfer_end_no_answer;
    if (result == 0) {
        result = perform(transfer);
        curl->multi_remove_handle(transfer->multi, transfer->easy);
    }
    if (transfer->is_late) result = transfer_end_timed_out;
    if (atomic_load(&transfer->is_cancelled)) result = transfer_end_cancelled;
    curl->easy_setopt(transfer->easy, libcurl_option_http_headers, NULL);
    curl->slist_free_all(headers);
    transfer->result = result;
    return result;
}

void transfer_cancel(struct transfer *transfer) {
    atomic_store(&transfer->is_cancelled, 1);
    transfer->curl->multi_wakeup(transfer->multi);
}

int32_t transfer_status(struct transfer *transfer) {
    long status = 0;
    transfer->curl->easy_getinfo(transfer->easy, libcurl_info_response_code, &status);
    return (int32_t)status;
}

const char *transfer_redirection(struct transfer *transfer) {
    const char *address = NULL;
    transfer->curl->easy_getinfo(transfer->easy, libcurl_info_redirect_url, &address);
    return address;
}

const char *transfer_proxy(struct transfer *transfer) { return transfer->proxy[0] ? transfer->proxy : NULL; }

const char *transfer_message(struct transfer *transfer) {
    if (transfer->error[0]) return transfer->error;
    return transfer->result > 0 ? transfer->curl->easy_strerror(transfer->result) : "";
}

int32_t transfer_system_error(struct transfer *transfer) {
    long code = 0;
    transfer->curl->easy_getinfo(transfer->easy, libcurl_info_system_error, &code);
    return (int32_t)code;
}
