#if !__has_include(<libpq-fe.h>)
#error "the trait PostgreSQL needs the client library of PostgreSQL: install libpq-dev and pkg-config (apt), or libpq (brew)"
#endif
#include <libpq-fe.h>
