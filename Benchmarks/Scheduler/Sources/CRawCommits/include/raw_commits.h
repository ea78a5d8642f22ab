#ifndef RAW_COMMITS_H
#define RAW_COMMITS_H

/// Writes rows of 200 bytes into a new SQLite file with the store's settings (write-ahead log, synchronous=FULL), each in
/// a transaction of its own. Answers the rows a second, and 0 where that fails.
double raw_commits(const char *path, int rows);

#endif
