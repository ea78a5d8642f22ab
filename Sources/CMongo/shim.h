#include <mongoc/mongoc.h>

/* bson_t and bson_error_t are over-aligned or hold arrays that Swift reads badly: what of them is needed goes through here. */

/* What a failed call says: its domain, its code, and its text, which lives as long as the error. */
typedef struct {
    uint32_t domain;
    uint32_t code;
    char message[BSON_ERROR_BUFFER_SIZE];
} carillon_mongo_error;

static inline void carillon_mongo_take(const bson_error_t *error, carillon_mongo_error *into) {
    into->domain = error->domain;
    into->code = error->code;
    memcpy(into->message, error->message, BSON_ERROR_BUFFER_SIZE);
}

/* A document of these bytes; NULL if they are none. */
static inline bson_t *carillon_mongo_document(const uint8_t *bytes, size_t count) { return bson_new_from_data(bytes, count); }

static inline const uint8_t *carillon_mongo_bytes(const bson_t *document, uint32_t *count) {
    *count = document->len;
    return bson_get_data(document);
}

/* An URI; NULL if the text is none. */
static inline mongoc_uri_t *carillon_mongo_uri(const char *text, carillon_mongo_error *into) {
    bson_error_t error;
    memset(&error, 0, sizeof error);
    mongoc_uri_t *uri = mongoc_uri_new_with_error(text, &error);
    carillon_mongo_take(&error, into);
    return uri;
}

/* Runs a command on the primary, and returns its answer, also that of a failure. */
static inline bson_t *carillon_mongo_command(mongoc_client_t *client, const char *database, const bson_t *command,
                                             bool writes, bool *succeeded, carillon_mongo_error *into) {
    bson_error_t error;
    bson_t answer;
    memset(&error, 0, sizeof error);
    if (writes) {
        *succeeded = mongoc_client_write_command_with_opts(client, database, command, NULL, &answer, &error);
    } else {
        mongoc_read_prefs_t *primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
        *succeeded = mongoc_client_command_simple(client, database, command, primary, &answer, &error);
        mongoc_read_prefs_destroy(primary);
    }
    bson_t *reply = bson_copy(&answer);
    bson_destroy(&answer);
    carillon_mongo_take(&error, into);
    return reply;
}

/* Lets a function see every command that a client sends. */
typedef void (*carillon_mongo_watch)(const uint8_t *bytes, uint32_t count, const char *name, void *context);

typedef struct {
    carillon_mongo_watch watch;
    void *context;
} carillon_mongo_watcher;

static inline void carillon_mongo_started(const mongoc_apm_command_started_t *event) {
    carillon_mongo_watcher *watcher = mongoc_apm_command_started_get_context(event);
    const bson_t *command = mongoc_apm_command_started_get_command(event);
    watcher->watch(bson_get_data(command), command->len, mongoc_apm_command_started_get_command_name(event),
                   watcher->context);
}

/* The watcher must outlive the client. */
static inline void carillon_mongo_monitor(mongoc_client_t *client, carillon_mongo_watcher *watcher) {
    mongoc_apm_callbacks_t *callbacks = mongoc_apm_callbacks_new();
    mongoc_apm_set_command_started_cb(callbacks, carillon_mongo_started);
    mongoc_client_set_apm_callbacks(client, callbacks, watcher);
    mongoc_apm_callbacks_destroy(callbacks);
}
