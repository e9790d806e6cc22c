#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast of -1, which Swift cannot import. */
static inline sqlite3_destructor_type plasmid_sqlite_transient(void) {
    return SQLITE_TRANSIENT;
}

/* A plan that does not depend on the values bound to it. Without that a statement that compares a
   bound value with a column on which a part of an index depends is prepared anew for each value.
   The call takes any number of arguments, which Swift cannot import. */
static inline int plasmid_sqlite_keep_plans(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)0);
}
