#define _GNU_SOURCE
#include "linux_shim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef FICLONE
#define FICLONE _IOW(0x94, 9, int)
#endif

/* ---- files ---- */
int plasmid_open(const char *path, int flags, unsigned mode) {
    return open(path, flags | O_CLOEXEC, mode);
}
int plasmid_open_at(int folder, const char *path, int flags, unsigned mode) {
    return openat(folder, path, flags | O_CLOEXEC, mode);
}
int plasmid_open_flag_directory(void) { return O_DIRECTORY; }
int plasmid_open_flag_no_follow(void) { return O_NOFOLLOW; }
int plasmid_sync_filesystem(int file) { return syncfs(file); }
int plasmid_clone(int destination, int source) {
    return ioctl(destination, FICLONE, source);
}
ssize_t plasmid_copy_file_range(int source, int destination, size_t count) {
    return copy_file_range(source, NULL, destination, NULL, count, 0);
}
int plasmid_start_writeback(int file, int64_t offset, int64_t count) {
    return sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);
}
int plasmid_allocate(int file, int64_t size) {
    return fallocate(file, FALLOC_FL_KEEP_SIZE, 0, size);
}
int plasmid_set_direct(int file, int is_direct) {
    int flags = fcntl(file, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(file, F_SETFL, is_direct ? flags | O_DIRECT : flags & ~O_DIRECT);
}
int64_t plasmid_seek_data(int file, int64_t offset) { return lseek(file, offset, SEEK_DATA); }
int plasmid_rename_new(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}
long plasmid_filesystem_type(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) < 0 ? -1 : (long)facts.f_type;
}

/* ---- events ---- */
int plasmid_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
int plasmid_epoll_control(int poller, int operation, int file, uint32_t events,
                                        uint64_t token) {
    struct epoll_event event;
    event.events = events;
    event.data.u64 = token;
    return epoll_ctl(poller, operation, file, &event);
}
uint32_t plasmid_epoll_in(void) { return EPOLLIN; }
uint32_t plasmid_epoll_out(void) { return EPOLLOUT; }
uint32_t plasmid_epoll_gone(void) { return EPOLLERR | EPOLLHUP; }
int plasmid_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
int plasmid_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
int plasmid_signalfd(const sigset_t *set) { return signalfd(-1, set, SFD_CLOEXEC); }
int plasmid_name_thread(pthread_t thread, const char *name) {
    return pthread_setname_np(thread, name);
}
int plasmid_set_file_size_limit(uint64_t bytes) {
    struct rlimit limit = {bytes, bytes};
    return setrlimit(RLIMIT_FSIZE, &limit);
}
int plasmid_raise_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) limit.rlim_cur = before;
    return limit.rlim_cur < INT32_MAX ? (int)limit.rlim_cur : INT32_MAX;
}
int plasmid_lock_file(int file) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(file, F_OFD_SETLK, &lock);
}
int plasmid_is_locked(int file) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(file, F_OFD_GETLK, &lock) < 0) return -1;
    return lock.l_type != F_UNLCK;
}

/* ---- confinement ---- */
static int narrow(int which, uint64_t bytes) {
    struct rlimit limit;
    if (getrlimit(which, &limit) < 0) return -1;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < bytes) bytes = limit.rlim_max;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < bytes) bytes = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max = bytes;
    return setrlimit(which, &limit);
}
int plasmid_limit_core(void) { return narrow(RLIMIT_CORE, 0); }
int plasmid_narrow_file_size(uint64_t bytes) { return narrow(RLIMIT_FSIZE, bytes); }
int plasmid_is_sanitized(void) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return 1;
#endif
#endif
    return 0;
}
/* A sanitizer maps terabytes beside the program's own memory and ends where it may not. */
int plasmid_narrow_data(uint64_t bytes) {
    return plasmid_is_sanitized() ? 0 : narrow(RLIMIT_DATA, bytes);
}
static int put(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t count = write(file, text, strlen(text));
    close(file);
    return count < 0 ? -1 : 0;
}
int plasmid_leave_network(void) {
    unsigned user = getuid(), group = getgid();
    if (unshare(CLONE_NEWNET) == 0) return 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) return -1;
    /* Without a mapping the process would not know its own files' owner by number. */
    char line[64];
    put("/proc/self/setgroups", "deny");
    snprintf(line, sizeof line, "%u %u 1", group, group);
    put("/proc/self/gid_map", line);
    snprintf(line, sizeof line, "%u %u 1", user, user);
    put("/proc/self/uid_map", line);
    return 0;
}
int plasmid_lower_priority(int by) {
    errno = 0;
    int now = getpriority(PRIO_PROCESS, 0);
    if (errno != 0) return -1;
    return setpriority(PRIO_PROCESS, 0, now + by);
}
int plasmid_lower_thread(void) {
    /* An idle thread is put aside the moment that another wakes; one of nice 19 keeps the core to
       the end of its slice, which a training waits for at each of its barriers. */
    const struct sched_param none = {0};
    if (sched_setscheduler(0, SCHED_IDLE, &none) == 0) return 0;
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
}
int plasmid_stay_on_last_core(void) {
    cpu_set_t allowed, last;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0) return -1;
    int core = CPU_SETSIZE - 1;
    while (core > 0 && !CPU_ISSET(core, &allowed)) core--;
    CPU_ZERO(&last);
    CPU_SET(core, &last);
    return sched_setaffinity(0, sizeof last, &last);
}
int plasmid_signal_at_parent_end(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

/* ---- sockets ---- */
int plasmid_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}
int plasmid_blocking_local_socket(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}
int plasmid_ready_local_socket(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}
int plasmid_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int plasmid_bind(int file, const struct sockaddr_storage *address, socklen_t size) {
    return bind(file, (const struct sockaddr *)address, size);
}
int plasmid_connect(int file, const struct sockaddr_storage *address,
                                  socklen_t size) {
    return connect(file, (const struct sockaddr *)address, size);
}
int plasmid_accept(int file, struct sockaddr_storage *address, socklen_t *size,
                                 int is_blocking) {
    return accept4(file, (struct sockaddr *)address, size,
                   SOCK_CLOEXEC | (is_blocking ? 0 : SOCK_NONBLOCK));
}
int plasmid_own_address(int file, struct sockaddr_storage *address,
                                      socklen_t *size) {
    return getsockname(file, (struct sockaddr *)address, size);
}
int plasmid_set_option(int file, int level, int name, int value) {
    return setsockopt(file, level, name, &value, sizeof value);
}
int plasmid_socket_error(int file) {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(file, SOL_SOCKET, SO_ERROR, &value, &size) < 0 ? errno : value;
}
int64_t plasmid_unconfirmed(int file) {
    int count = 0;
    return ioctl(file, SIOCOUTQ, &count) < 0 ? -1 : count;
}
int64_t plasmid_round_trip(int file) {
    struct tcp_info facts;
    socklen_t size = sizeof facts;
    if (getsockopt(file, IPPROTO_TCP, TCP_INFO, &facts, &size) < 0) return -1;
    return (int64_t)facts.tcpi_rtt;
}
int plasmid_set_congestion_control(int file, const char *name) {
    return setsockopt(file, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name));
}
ssize_t plasmid_send(int file, const void *bytes, size_t count) {
    return send(file, bytes, count, MSG_NOSIGNAL);
}
/* ---- datagrams ---- */
int plasmid_datagram_socket(int family) {
    int file = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0) return -1;
    int one = 1;
    int is_set = family == AF_INET
        ? setsockopt(file, IPPROTO_IP, IP_PKTINFO, &one, sizeof one) == 0 &&
          setsockopt(file, SOL_SOCKET, SO_BROADCAST, &one, sizeof one) == 0
        : setsockopt(file, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof one) == 0 &&
          setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) == 0;
    if (is_set) return file;
    int code = errno;
    close(file);
    errno = code;
    return -1;
}

ssize_t plasmid_send_datagram(
    int file, const void *bytes, size_t count, const struct sockaddr_storage *to, socklen_t size,
    const uint8_t *source, size_t source_size, uint32_t interface) {
    struct iovec part = {(void *)bytes, count};
    union {
        struct cmsghdr header;
        char four[CMSG_SPACE(sizeof(struct in_pktinfo))];
        char six[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {0};
    message.msg_name = (void *)to;
    message.msg_namelen = size;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    struct cmsghdr *header = &control.header;
    if (to->ss_family == AF_INET) {
        struct in_pktinfo info = {0};
        info.ipi_ifindex = (int)interface;
        if (source_size == sizeof info.ipi_spec_dst) {
            memcpy(&info.ipi_spec_dst, source, source_size);
        }
        message.msg_controllen = sizeof control.four;
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(header), &info, sizeof info);
    } else {
        struct in6_pktinfo info = {0};
        info.ipi6_ifindex = interface;
        if (source_size == sizeof info.ipi6_addr) memcpy(&info.ipi6_addr, source, source_size);
        message.msg_controllen = sizeof control.six;
        header->cmsg_level = IPPROTO_IPV6;
        header->cmsg_type = IPV6_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(header), &info, sizeof info);
    }
    return sendmsg(file, &message, MSG_NOSIGNAL);
}

ssize_t plasmid_receive_datagram(
    int file, void *bytes, size_t count, struct sockaddr_storage *from, uint32_t *interface) {
    struct iovec part = {bytes, count};
    union {
        struct cmsghdr header;
        char space[256];
    } control;
    struct msghdr message = {0};
    message.msg_name = from;
    message.msg_namelen = sizeof *from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    *interface = 0;
    ssize_t found = recvmsg(file, &message, MSG_TRUNC);
    if (found < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(header), sizeof info);
            *interface = (uint32_t)info.ipi_ifindex;
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(header), sizeof info);
            *interface = info.ipi6_ifindex;
        }
    }
    return found;
}

int plasmid_join_group(int file, const uint8_t group[16], uint32_t interface) {
    struct ipv6_mreq wish;
    memcpy(&wish.ipv6mr_multiaddr, group, 16);
    wish.ipv6mr_interface = interface;
    int result = setsockopt(file, IPPROTO_IPV6, IPV6_JOIN_GROUP, &wish, sizeof wish);
    return result < 0 && errno == EADDRINUSE ? 0 : result;
}

int plasmid_local_address(struct sockaddr_storage *address, const char *path) {
    struct sockaddr_un *local = (struct sockaddr_un *)address;
    size_t length = strlen(path);
    if (length >= sizeof local->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memset(address, 0, sizeof *address);
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, path, length + 1);
    return (int)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}
int plasmid_local_peer_user(int file, uint32_t *user) {
    struct ucred owner;
    socklen_t size = sizeof owner;
    if (getsockopt(file, SOL_SOCKET, SO_PEERCRED, &owner, &size) < 0) return -1;
    *user = owner.uid;
    return 0;
}

int plasmid_send_descriptor(int socket, int file) {
    char byte = 'd';
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof file);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int plasmid_receive_descriptor(int socket, int *file) {
    char byte = 0;
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    *file = -1;
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count != 1) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int))) {
        errno = EBADMSG;
        return -1;
    }
    memcpy(file, CMSG_DATA(header), sizeof *file);
    return 0;
}
