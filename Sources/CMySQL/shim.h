#if !__has_include(<mysql.h>)
#error "the trait MySQL needs the client library of MariaDB: install libmariadb-dev and pkg-config (apt), or mariadb-connector-c (brew)"
#endif
#include <mysql.h>
#include <errmsg.h>
