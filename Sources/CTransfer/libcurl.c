#define _GNU_SOURCE
#include "libcurl.h"

#include "transfer.h"

#include <dlfcn.h>
#include <pthread.h>

// Finding libcurl at run time.

static struct libcurl library;
static const char *problem = "libcurl is not installed; install the package libcurl4 or libcurl";
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int find(void *handle, const char *name, void *function) {
    *(void **)function = dlsym(handle, name);
    return *(void **)function != 0;
}

static void load(void) {
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"};
    void *handle = 0;
    for (unsigned index = 0; index < sizeof names / sizeof *names && !handle; index++)
        handle = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    int has_all = find(handle, "curl_global_init", &library.global_init)
        && find(handle, "curl_easy_init", &library.easy_init)
        && find(handle, "curl_easy_cleanup", &library.easy_cleanup)
        && find(handle, "curl_easy_setopt", &library.easy_setopt)
        && find(handle, "curl_easy_getinfo", &library.easy_getinfo)
        && find(handle, "curl_easy_strerror", &library.easy_strerror)
        && find(handle, "curl_slist_append", &library.slist_append)
        && find(handle, "curl_slist_free_all", &library.slist_free_all)
        && find(handle, "curl_multi_init", &library.multi_init)
        && find(handle, "curl_multi_cleanup", &library.multi_cleanup)
        && find(handle, "curl_multi_add_handle", &library.multi_add_handle)
        && find(handle, "curl_multi_remove_handle", &library.multi_remove_handle)
        && find(handle, "curl_multi_perform", &library.multi_perform)
        && find(handle, "curl_multi_info_read", &library.multi_info_read)
        && find(handle, "curl_multi_poll", &library.multi_poll)
        && find(handle, "curl_multi_wakeup", &library.multi_wakeup);
    if (!has_all) {
        problem = "libcurl is too old; version 7.68 or later is needed";
    } else if (library.global_init(libcurl_global_all) != 0) {
        problem = "libcurl could not be started";
    } else {
        problem = 0;
    }
}

const char *transfer_problem(void) {
    pthread_once(&once, load);
    return problem;
}

const struct libcurl *libcurl_loaded(void) { return transfer_problem() ? 0 : &library; }
