#include <sqlite3.h>

// It takes a variable number of arguments, which Swift cannot call.
static inline int carillon_sqlite_allocate_pages_one_by_one(void) {
    return sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, 0);
}

// SQLITE_TRANSIENT is a cast macro, which Swift cannot import.
static inline sqlite3_destructor_type carillon_sqlite_transient(void) {
    return SQLITE_TRANSIENT;
}
