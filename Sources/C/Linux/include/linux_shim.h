/* System calls and constants that Swift's Glibc module does not show or cannot call:
   transparent unions, variadic calls, macros with casts, and everything behind _GNU_SOURCE.
   Every function returns what the system call returns and leaves errno as it was set.
   Only headers whose types are the same with and without _GNU_SOURCE are included here,
   because Swift's Glibc module is built without it. */
#ifndef PLASMID_LINUX_SHIM_H
#define PLASMID_LINUX_SHIM_H
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>

int plasmid_open(const char *path, int flags, unsigned mode);
int plasmid_open_at(int folder, const char *path, int flags, unsigned mode);
int plasmid_open_flag_directory(void);
int plasmid_open_flag_no_follow(void);
int plasmid_sync_filesystem(int file);
int plasmid_clone(int destination, int source);
ssize_t plasmid_copy_file_range(int source, int destination, size_t count);
int plasmid_start_writeback(int file, int64_t offset, int64_t count);
int plasmid_allocate(int file, int64_t size);
/* Whether reads and writes of an open file go past the page cache from now on. */
int plasmid_set_direct(int file, int is_direct);
/* The next byte from `offset` on that the file system keeps a block for. */
int64_t plasmid_seek_data(int file, int64_t offset);
int plasmid_rename_new(const char *from, const char *to);
long plasmid_filesystem_type(const char *path);
int plasmid_epoll_create(void);
int plasmid_epoll_control(int poller, int operation, int file, uint32_t events, uint64_t token);
uint32_t plasmid_epoll_in(void);
uint32_t plasmid_epoll_out(void);
uint32_t plasmid_epoll_gone(void);
int plasmid_eventfd(void);
int plasmid_memory_file(const char *name);
int plasmid_signalfd(const sigset_t *set);
int plasmid_name_thread(pthread_t thread, const char *name);
int plasmid_set_file_size_limit(uint64_t bytes);
/* Lets this process open as many files as it may; how many that is. */
int plasmid_raise_open_files(void);

/* A lock of the open file on all of it, beside flock: this one can be looked at without being
   taken. plasmid_is_locked gives 1 if another open file has it. */
int plasmid_lock_file(int file);
int plasmid_is_locked(int file);

/* A process that only computes: limits that are never wider than those it has, no network of its
   own, low priority, a signal when its parent ends. */
int plasmid_limit_core(void);
int plasmid_narrow_file_size(uint64_t bytes);
/* Whether this is a build under a sanitizer of addresses or threads. */
int plasmid_is_sanitized(void);
int plasmid_narrow_data(uint64_t bytes);
int plasmid_leave_network(void);
int plasmid_lower_priority(int by);
int plasmid_lower_thread(void);
int plasmid_stay_on_last_core(void);
int plasmid_signal_at_parent_end(int signal);

int plasmid_stream_socket(int family);
int plasmid_blocking_local_socket(void);
int plasmid_ready_local_socket(void);
/* A pipe that no program started meanwhile inherits. */
int plasmid_pipe(int ends[2]);
int plasmid_bind(int file, const struct sockaddr_storage *address, socklen_t size);
int plasmid_connect(int file, const struct sockaddr_storage *address, socklen_t size);
int plasmid_accept(int file, struct sockaddr_storage *address, socklen_t *size, int is_blocking);
int plasmid_own_address(int file, struct sockaddr_storage *address, socklen_t *size);
int plasmid_set_option(int file, int level, int name, int value);
int plasmid_socket_error(int file);
/* Bytes that were written and the other side has not confirmed; -1 where nothing says so. */
int64_t plasmid_unconfirmed(int file);
/* The smoothed round trip of a TCP connection in microseconds; -1 for other sockets. */
int64_t plasmid_round_trip(int file);
/* Has a TCP connection guided by the named rule; -1 where the system has it not, or not for us. */
int plasmid_set_congestion_control(int file, const char *name);
ssize_t plasmid_send(int file, const void *bytes, size_t count);
/* Datagrams that say by which interface they go and came. A source of 0 bytes leaves the choice of
   the own address to the system, as an interface of 0 leaves that of the interface. Received:
   0 bytes of a longer datagram are lost, and its count is that of the whole. */
int plasmid_datagram_socket(int family);
ssize_t plasmid_send_datagram(
    int file, const void *bytes, size_t count, const struct sockaddr_storage *to, socklen_t size,
    const uint8_t *source, size_t source_size, uint32_t interface);
ssize_t plasmid_receive_datagram(
    int file, void *bytes, size_t count, struct sockaddr_storage *from, uint32_t *interface);
/* Receives what is sent to an IPv6 group on an interface; 0 also where it does already. */
int plasmid_join_group(int file, const uint8_t group[16], uint32_t interface);
int plasmid_local_address(struct sockaddr_storage *address, const char *path);
int plasmid_local_peer_user(int file, uint32_t *user);

/* Sends one byte with a descriptor attached; receives one byte with at most one descriptor. */
int plasmid_send_descriptor(int socket, int file);
int plasmid_receive_descriptor(int socket, int *file);
#endif
