#ifndef CARILLON_RAW_ROOF_H
#define CARILLON_RAW_ROOF_H

#include <stdbool.h>
#include <stdint.h>

/// The machine's roof: jobs fired, taken and completed by SQL written by hand, on SQLite's C interface, with every
/// statement prepared beforehand, and without a store, a planner or policies.
typedef struct raw_roof raw_roof;

/// Opens a database that was made before, with the settings of the store, and prepares the statements.
///
/// With `has_store_schema` it works on the store's own tables and indexes, and reads of every job and its open runs what
/// a plan must know; otherwise on tables `jobs` and `runs` with nothing but an index each of what is due and ready, and
/// reads nothing that it does not write.
/// Answers nothing where it cannot; `raw_roof_failure` says why.
raw_roof *raw_roof_open(const char *path, bool has_store_schema);

/// Executes statements that need no values.
bool raw_roof_execute(raw_roof *roof, const char *sql);

/// Fires up to so many due jobs in one transaction; answers how many, or -1.
int raw_roof_fire(raw_roof *roof, int count, int64_t now);

/// Takes up to so many ready runs in one transaction, and remembers them; answers how many, or -1.
int raw_roof_take(raw_roof *roof, int count, int64_t now);

/// Completes so many of the runs that were taken, the first taken first, in one transaction; answers how many, or -1.
int raw_roof_complete(raw_roof *roof, int count, int64_t now);

/// What went wrong last.
const char *raw_roof_failure(raw_roof *roof);

void raw_roof_close(raw_roof *roof);

#endif
