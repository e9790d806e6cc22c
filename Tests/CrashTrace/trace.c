#define _GNU_SOURCE
#include "include/crash_trace.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef FICLONE
#define FICLONE _IOW(0x94, 9, int)
#endif

/* What the process calls is done by plain system calls below, so that nothing is caught twice. */

enum { FILES_MAX = 65536, FAULTS_MAX = 16, HALF = -1 };

struct fault {
    char call[16];
    char part[128];
    long first, count, seen;
    int error;
};

static char home[PATH_MAX];
static size_t home_length;
static char calm[PATH_MAX];
static int log_file = -1;
static struct fault faults[FAULTS_MAX];
static int fault_count;
static char *paths[FILES_MAX];
/* Held over each call and its record: the order of the log is the order of the calls. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_faults(const char *text) {
    while (text != NULL && *text != 0 && fault_count < FAULTS_MAX) {
        struct fault *fault = &faults[fault_count];
        char error[16];
        int used = 0;
        if (sscanf(text, "%15[^:]:%127[^:]:%ld:%ld:%15[^;]%n", fault->call, fault->part,
                   &fault->first, &fault->count, error, &used) == 5) {
            fault->error = strcmp(error, "short") == 0 ? HALF : atoi(error);
            fault_count++;
        }
        text = strchr(text, ';');
        if (text != NULL) text++;
    }
}

static void prepare(void) {
    const char *given = getenv("PLASMID_TRACE_HOME");
    if (given == NULL || strlen(given) >= sizeof home) return;
    strcpy(home, given);
    home_length = strlen(home);
    const char *log = getenv("PLASMID_TRACE_LOG");
    if (log != NULL) {
        long number = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        /* Out of the way of programs that count their descriptors. */
        if (number >= 0) {
            log_file = (int)syscall(SYS_fcntl, number, F_DUPFD_CLOEXEC, 900);
            syscall(SYS_close, number);
        }
    }
    const char *quiet = getenv("PLASMID_TRACE_CALM");
    if (quiet != NULL && strlen(quiet) < sizeof calm) strcpy(calm, quiet);
    read_faults(getenv("PLASMID_TRACE_FAULTS"));
}

static int is_inside(const char *path) {
    return home_length > 0 && strncmp(path, home, home_length) == 0 &&
           (path[home_length] == '/' || path[home_length] == 0);
}

/* The path from the root of `path` below the open folder `folder`; 0 if it is not inside. */
static int locate(int folder, const char *path, char out[PATH_MAX]) {
    pthread_once(&once, prepare);
    if (home_length == 0 || path == NULL) return 0;
    if (path[0] == '/') {
        if (strlen(path) >= PATH_MAX) return 0;
        strcpy(out, path);
    } else {
        char link[64], base[PATH_MAX];
        if (folder == AT_FDCWD) {
            strcpy(link, "/proc/self/cwd");
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        }
        long count = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
        if (count <= 0) return 0;
        base[count] = 0;
        if (snprintf(out, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return 0;
    }
    return is_inside(out);
}

static const char *path_of(int file) {
    pthread_once(&once, prepare);
    return file >= 0 && file < FILES_MAX ? paths[file] : NULL;
}

static uint64_t inode_of_file(int file) {
    struct stat facts;
    return fstat(file, &facts) == 0 ? (uint64_t)facts.st_ino : 0;
}

static uint64_t inode_of(const char *path) {
    struct stat facts;
    return lstat(path, &facts) == 0 ? (uint64_t)facts.st_ino : 0;
}

/* ---- the log ---- */

static void append(int kind, uint64_t inode, uint64_t a, const char *path, const char *other,
                   const struct iovec *data, int parts) {
    if (log_file < 0) return;
    uint8_t head[25 + 2];
    uint16_t path_count = path ? (uint16_t)(strlen(path) - home_length) : 0;
    int is_link = kind == TRACE_SYMLINK;
    const char *second = other ? (is_link ? other : other + home_length) : NULL;
    uint16_t other_count = second ? (uint16_t)strlen(second) : 0;
    uint64_t b = 0;
    uint32_t total = 0;
    for (int part = 0; part < parts; part++) total += (uint32_t)data[part].iov_len;
    head[0] = (uint8_t)kind;
    memcpy(head + 1, &inode, 8);
    memcpy(head + 9, &a, 8);
    memcpy(head + 17, &b, 8);
    memcpy(head + 25, &path_count, 2);
    struct iovec all[5 + 16] = {
        {head, sizeof head}, {path ? (char *)path + home_length : NULL, path_count},
        {&other_count, 2}, {(char *)second, other_count}, {&total, 4},
    };
    int count = 5;
    for (int part = 0; part < parts && part < 16; part++) all[count++] = data[part];
    /* One call: processes that share a log do not mix their records. */
    syscall(SYS_writev, log_file, all, count);
}

static void append_bytes(uint64_t inode, uint64_t offset, const void *bytes, size_t count) {
    struct iovec part = {(void *)bytes, count};
    append(TRACE_WRITE, inode, offset, NULL, NULL, &part, 1);
}

/* Writes down what a file holds now: after the kernel copied or shared blocks. */
static void append_contents(int file) {
    char *space = malloc(1 << 20);
    uint64_t offset = 0;
    long count;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long again = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
    while (space && again >= 0 &&
           (count = syscall(SYS_pread64, again, space, 1 << 20, offset)) > 0) {
        append_bytes(inode_of_file(file), offset, space, (size_t)count);
        offset += (uint64_t)count;
    }
    if (again >= 0) syscall(SYS_close, again);
    free(space);
}

/* ---- faults ---- */

/* The error that the call gets now; 0 for none. */
static int failing(const char *call, const char *path) {
    for (int index = 0; index < fault_count; index++) {
        struct fault *fault = &faults[index];
        if (strcmp(fault->call, call) != 0 || strstr(path, fault->part) == NULL) continue;
        if (calm[0] && syscall(SYS_faccessat, AT_FDCWD, calm, F_OK) == 0) return 0;
        fault->seen++;
        int is_due = fault->seen >= fault->first &&
                     (fault->count == 0 || fault->seen < fault->first + fault->count);
        if (is_due) return fault->error;
    }
    return 0;
}

#define FAIL_IF(call, path)                     \
    do {                                        \
        int error = failing(call, path);        \
        if (error > 0) {                        \
            pthread_mutex_unlock(&lock);        \
            errno = error;                      \
            return -1;                          \
        }                                       \
    } while (0)

static long finish(long result) {
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

/* ---- names ---- */

static void remember(int file, const char *path) {
    if (file < 0 || file >= FILES_MAX) return;
    free(paths[file]);
    paths[file] = path ? strdup(path) : NULL;
}

static int open_common(int folder, const char *path, int flags, mode_t mode) {
    char whole[PATH_MAX];
    if (!locate(folder, path, whole)) {
        int file = (int)syscall(SYS_openat, folder, path, flags, mode);
        if (file >= 0 && file < FILES_MAX && paths[file]) remember(file, NULL);
        return file;
    }
    pthread_mutex_lock(&lock);
    FAIL_IF("open", whole);
    int is_new = (flags & O_CREAT) != 0 && inode_of(whole) == 0;
    int file = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (file >= 0) {
        remember(file, whole);
        if (is_new) {
            append(TRACE_CREATE, inode_of_file(file), 0, whole, NULL, NULL, 0);
        } else if ((flags & O_TRUNC) != 0) {
            append(TRACE_TRUNCATE, inode_of_file(file), 0, NULL, NULL, NULL, 0);
        }
    }
    return (int)finish(file);
}

static mode_t mode_argument(int flags, va_list rest) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(rest, unsigned) : 0;
}

#define OPEN(name)                                              \
    int name(const char *path, int flags, ...) {                \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = mode_argument(flags, rest);               \
        va_end(rest);                                           \
        return open_common(AT_FDCWD, path, flags, mode);        \
    }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name)                                           \
    int name(int folder, const char *path, int flags, ...) {    \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = mode_argument(flags, rest);               \
        va_end(rest);                                           \
        return open_common(folder, path, flags, mode);          \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

int __open_2(const char *path, int flags) { return open_common(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_common(AT_FDCWD, path, flags, 0); }

int close(int file) {
    if (path_of(file) != NULL) {
        pthread_mutex_lock(&lock);
        remember(file, NULL);
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, file);
}

static int rename_common(const char *from, const char *to, unsigned flags) {
    char old[PATH_MAX], new[PATH_MAX];
    if (!locate(AT_FDCWD, from, old) || !locate(AT_FDCWD, to, new)) {
        return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
    }
    pthread_mutex_lock(&lock);
    FAIL_IF("rename", new);
    uint64_t inode = inode_of(old);
    long result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
    if (result == 0) append(TRACE_RENAME, inode, 0, old, new, NULL, 0);
    return (int)finish(result);
}
int rename(const char *from, const char *to) { return rename_common(from, to, 0); }
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    if (from_folder == AT_FDCWD && to_folder == AT_FDCWD) return rename_common(from, to, flags);
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int unlink(const char *path) {
    char whole[PATH_MAX];
    if (!locate(AT_FDCWD, path, whole)) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    pthread_mutex_lock(&lock);
    FAIL_IF("unlink", whole);
    uint64_t inode = inode_of(whole);
    long result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0) append(TRACE_UNLINK, inode, 0, whole, NULL, NULL, 0);
    return (int)finish(result);
}

int mkdir(const char *path, mode_t mode) {
    char whole[PATH_MAX];
    if (!locate(AT_FDCWD, path, whole)) return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (result == 0) append(TRACE_MKDIR, inode_of(whole), 0, whole, NULL, NULL, 0);
    return (int)finish(result);
}

int rmdir(const char *path) {
    char whole[PATH_MAX];
    if (!locate(AT_FDCWD, path, whole)) {
        return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
    }
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
    if (result == 0) append(TRACE_RMDIR, 0, 0, whole, NULL, NULL, 0);
    return (int)finish(result);
}

int symlink(const char *target, const char *path) {
    char whole[PATH_MAX];
    if (!locate(AT_FDCWD, path, whole)) {
        return (int)syscall(SYS_symlinkat, target, AT_FDCWD, path);
    }
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_symlinkat, target, AT_FDCWD, path);
    if (result == 0) append(TRACE_SYMLINK, inode_of(whole), 0, whole, target, NULL, 0);
    return (int)finish(result);
}

int link(const char *from, const char *to) {
    char whole[PATH_MAX];
    if (!locate(AT_FDCWD, to, whole)) {
        return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    }
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (result == 0) append(TRACE_LINK, inode_of(whole), 0, whole, NULL, NULL, 0);
    return (int)finish(result);
}

/* ---- bytes ---- */

static ssize_t write_common(int file, const void *bytes, size_t count, int64_t offset) {
    const char *path = path_of(file);
    int is_placed = offset >= 0;
    if (path == NULL) {
        return is_placed ? syscall(SYS_pwrite64, file, bytes, count, offset)
                         : syscall(SYS_write, file, bytes, count);
    }
    pthread_mutex_lock(&lock);
    int error = failing("write", path);
    if (error > 0) {
        pthread_mutex_unlock(&lock);
        errno = error;
        return -1;
    }
    if (error == HALF && count > 1) count /= 2;
    long result;
    if (is_placed) {
        result = syscall(SYS_pwrite64, file, bytes, count, offset);
    } else {
        result = syscall(SYS_write, file, bytes, count);
        offset = syscall(SYS_lseek, file, 0, SEEK_CUR) - result;
    }
    if (result > 0) append_bytes(inode_of_file(file), (uint64_t)offset, bytes, (size_t)result);
    return finish(result);
}
ssize_t write(int file, const void *bytes, size_t count) {
    return write_common(file, bytes, count, -1);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return write_common(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return write_common(file, bytes, count, offset);
}

static ssize_t read_common(int file, void *bytes, size_t count, off64_t offset) {
    const char *path = path_of(file);
    if (path != NULL && fault_count > 0) {
        pthread_mutex_lock(&lock);
        FAIL_IF("read", path);
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_pread64, file, bytes, count, offset);
}
ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
    return read_common(file, bytes, count, offset);
}
ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) {
    return read_common(file, bytes, count, offset);
}

static int truncate_common(int file, off64_t size) {
    const char *path = path_of(file);
    if (path == NULL) return (int)syscall(SYS_ftruncate, file, size);
    pthread_mutex_lock(&lock);
    FAIL_IF("truncate", path);
    long result = syscall(SYS_ftruncate, file, size);
    if (result == 0) {
        append(TRACE_TRUNCATE, inode_of_file(file), (uint64_t)size, NULL, NULL, NULL, 0);
    }
    return (int)finish(result);
}
int ftruncate(int file, off_t size) { return truncate_common(file, size); }
int ftruncate64(int file, off64_t size) { return truncate_common(file, size); }

static int allocate_common(int file, int mode, off64_t offset, off64_t count) {
    const char *path = path_of(file);
    if (path == NULL) return (int)syscall(SYS_fallocate, file, mode, offset, count);
    pthread_mutex_lock(&lock);
    FAIL_IF("allocate", path);
    long result = syscall(SYS_fallocate, file, mode, offset, count);
    if (result == 0 && (mode & 1 /* FALLOC_FL_KEEP_SIZE */) == 0) {
        struct stat facts;
        if (fstat(file, &facts) == 0) {
            append(TRACE_TRUNCATE, (uint64_t)facts.st_ino, (uint64_t)facts.st_size, NULL, NULL,
                   NULL, 0);
        }
    }
    return (int)finish(result);
}
int fallocate(int file, int mode, off_t offset, off_t count) {
    return allocate_common(file, mode, offset, count);
}
int fallocate64(int file, int mode, off64_t offset, off64_t count) {
    return allocate_common(file, mode, offset, count);
}

/* Blocks shared or copied in the kernel. */
int ioctl(int file, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (request != FICLONE || path_of(file) == NULL) {
        return (int)syscall(SYS_ioctl, file, request, argument);
    }
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_ioctl, file, request, argument);
    if (result == 0) append_contents(file);
    return (int)finish(result);
}

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t count,
                        unsigned flags) {
    const char *path = path_of(to);
    if (path == NULL) {
        return syscall(SYS_copy_file_range, from, from_offset, to, to_offset, count, flags);
    }
    pthread_mutex_lock(&lock);
    FAIL_IF("write", path);
    long result = syscall(SYS_copy_file_range, from, from_offset, to, to_offset, count, flags);
    if (result > 0) append_contents(to);
    return finish(result);
}

/* ---- durability ---- */

static int sync_common(int file, long call) {
    const char *path = path_of(file);
    if (path == NULL) return (int)syscall(call, file);
    pthread_mutex_lock(&lock);
    FAIL_IF("sync", path);
    long result = syscall(call, file);
    if (result == 0) append(TRACE_SYNC, inode_of_file(file), 0, path, NULL, NULL, 0);
    return (int)finish(result);
}
int fsync(int file) { return sync_common(file, SYS_fsync); }
int fdatasync(int file) { return sync_common(file, SYS_fdatasync); }

int syncfs(int file) {
    pthread_once(&once, prepare);
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_syncfs, file);
    if (result == 0) append(TRACE_SYNC_ALL, 0, 0, NULL, NULL, NULL, 0);
    return (int)finish(result);
}
