#ifndef CARILLON_LIBCURL_H
#define CARILLON_LIBCURL_H

// The part of libcurl's binary interface that is used here. Its numbers never change
// (https://curl.se/libcurl/abi.html).

enum libcurl_option {
    libcurl_option_url = 10002,
    libcurl_option_error_buffer = 10010,
    libcurl_option_write_function = 20011,
    libcurl_option_post_fields = 10015,
    libcurl_option_http_headers = 10023,
    libcurl_option_header_data = 10029,
    libcurl_option_write_data = 10001,
    libcurl_option_client_certificate = 10025,
    libcurl_option_custom_request = 10036,
    libcurl_option_authority_file = 10065,
    libcurl_option_client_key = 10087,
    libcurl_option_debug_data = 10095,
    libcurl_option_authority_folder = 10097,
    libcurl_option_verbose = 41,
    libcurl_option_no_body = 44,
    libcurl_option_post = 47,
    libcurl_option_follow_location = 52,
    libcurl_option_verify_peer = 64,
    libcurl_option_header_function = 20079,
    libcurl_option_debug_function = 20094,
    libcurl_option_verify_host = 81,
    libcurl_option_no_signal = 99,
    libcurl_option_accept_encoding = 10102,
    libcurl_option_timeout_milliseconds = 155,
    libcurl_option_connect_timeout_milliseconds = 156,
    libcurl_option_protocols = 181,
    libcurl_option_suppress_connect_headers = 265,
    libcurl_option_http09_allowed = 285,
    libcurl_option_post_field_size = 30120,
};

enum libcurl_info {
    libcurl_info_response_code = 0x200002,
    libcurl_info_redirect_url = 0x10001F,
    libcurl_info_system_error = 0x200019,
};

// CURLPROTO_HTTP and CURLPROTO_HTTPS.
static const long libcurl_protocols_of_the_web = 1 | 2;
static const long libcurl_global_all = 3;
static const int libcurl_message_done = 1;
// CURLINFO_TEXT.
static const int libcurl_debug_text = 0;
// CURL_ERROR_SIZE.
enum { libcurl_error_size = 256 };

struct libcurl_message {
    int message;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
};

struct libcurl_list;

struct libcurl {
    int (*global_init)(long flags);
    void *(*easy_init)(void);
    void (*easy_cleanup)(void *easy);
    int (*easy_setopt)(void *easy, int option, ...);
    int (*easy_getinfo)(void *easy, int info, ...);
    const char *(*easy_strerror)(int code);
    struct libcurl_list *(*slist_append)(struct libcurl_list *list, const char *text);
    void (*slist_free_all)(struct libcurl_list *list);
    void *(*multi_init)(void);
    int (*multi_cleanup)(void *multi);
    int (*multi_add_handle)(void *multi, void *easy);
    int (*multi_remove_handle)(void *multi, void *easy);
    int (*multi_perform)(void *multi, int *running);
    struct libcurl_message *(*multi_info_read)(void *multi, int *left);
    int (*multi_poll)(void *multi, void *extra, unsigned count, int milliseconds, int *ready);
    int (*multi_wakeup)(void *multi);
};

// The library; null where it is not there.
const struct libcurl *libcurl_loaded(void);

#endif
