/* A library to be loaded before all others (LD_PRELOAD): it writes down every change that a process
   makes below one folder, in order, and can make chosen ones of them fail.

   PLASMID_TRACE_HOME    the folder, without symbolic links
   PLASMID_TRACE_LOG     the file that the changes are appended to; none: nothing is written down
   PLASMID_TRACE_FAULTS  what fails: `CALL:SUFFIX:FIRST:COUNT:ERROR`, several with `;` between

   CALL is `write`, `sync`, `rename`, `unlink`, `open`, `truncate`, `allocate` or `read`; a path
   matches that contains SUFFIX; FIRST counts from 1 over the matching calls; COUNT 0 means all from
   there on; ERROR is a number of errno, or `short` for a write of half its bytes. A file named by
   PLASMID_TRACE_CALM that exists switches all faults off.

   The log is a sequence of records without padding, all numbers little-endian:
     u8 kind, u64 inode, u64 a, u64 b, u16 count of path bytes, path, u16 count of other path, other
     path, u32 count of data, data. */
#ifndef PLASMID_CRASH_TRACE_H
#define PLASMID_CRASH_TRACE_H

enum plasmid_trace_kind {
    TRACE_CREATE = 1,    /* path, inode: a new empty file */
    TRACE_WRITE = 2,     /* inode, a: offset, data */
    TRACE_TRUNCATE = 3,  /* inode, a: size */
    TRACE_SYNC = 4,      /* inode: bytes and size are durable; of a folder: its names */
    TRACE_RENAME = 5,    /* path, other path, inode */
    TRACE_UNLINK = 6,    /* path, inode */
    TRACE_MKDIR = 7,     /* path, inode */
    TRACE_RMDIR = 8,     /* path */
    TRACE_SYMLINK = 9,   /* path, other path: where it points */
    TRACE_LINK = 10,     /* path: the new name, inode */
    TRACE_SYNC_ALL = 11, /* everything is durable */
    TRACE_MARK = 12,     /* data: what the process says of itself */
};
#endif
