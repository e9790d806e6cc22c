/* A wide-area line between two network namespaces, for kernels without netem: each direction has a
   rate, a delay, a queue whose tail is dropped, and losses that are drawn from a seed.

   cc -O2 -o wan wan.c
   ./wan NAMESPACE_A NAMESPACE_B ROUND_TRIP_MS MBIT LOSS_PERCENT [SEED]

   Makes the interface "wan" in both namespaces and prints "ready"; addresses are given by whoever
   starts it. Ends at SIGTERM and prints what each direction carried and lost. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 65536, SLOTS = 1 << 16, BATCH = 64 };

struct packet {
    uint64_t due; /* ns when it leaves at the other end */
    unsigned size;
    unsigned char *bytes;
};

struct direction {
    int in, out;
    struct packet *queue; /* ring: first..last */
    unsigned first, last;
    uint64_t free_at; /* ns when the line has sent what it took */
    uint64_t random;
    uint64_t carried, lost, dropped;
};

static volatile sig_atomic_t is_over;
static void end(int number) {
    (void)number;
    is_over = 1;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* A number in 0..<1 (xorshift64). */
static double draw(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static int open_line(const char *namespace) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || setns(file, CLONE_NEWNET) < 0) {
        perror(path);
        exit(1);
    }
    close(file);
    int line = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strcpy(request.ifr_name, "wan");
    if (line < 0 || ioctl(line, TUNSETIFF, &request) < 0) {
        perror("/dev/net/tun");
        exit(1);
    }
    return line;
}

/* Takes what stands at the near end; what finds the queue full is lost. */
static void take(struct direction *line, double loss, uint64_t delay, double per_byte,
                 uint64_t queue_max) {
    static unsigned char bytes[PACKET_MAX];
    for (int count = 0; count < BATCH; count++) {
        ssize_t size = read(line->in, bytes, sizeof bytes);
        if (size <= 0) return;
        if (loss > 0 && draw(&line->random) < loss) {
            line->lost++;
            continue;
        }
        uint64_t time = now();
        uint64_t start = line->free_at > time ? line->free_at : time;
        unsigned next = (line->last + 1) % SLOTS;
        if (start - time > queue_max || next == line->first) {
            line->dropped++;
            continue;
        }
        line->free_at = start + (uint64_t)((double)size * per_byte);
        struct packet *packet = &line->queue[line->last];
        packet->due = line->free_at + delay;
        packet->size = (unsigned)size;
        packet->bytes = malloc((size_t)size);
        memcpy(packet->bytes, bytes, (size_t)size);
        line->last = next;
    }
}

/* Gives out what is due; ns of the next one, or the largest number. */
static uint64_t give(struct direction *line) {
    uint64_t time = now();
    while (line->first != line->last && line->queue[line->first].due <= time) {
        struct packet *packet = &line->queue[line->first];
        if (write(line->out, packet->bytes, packet->size) < 0 && errno == EAGAIN) break;
        line->carried += packet->size;
        free(packet->bytes);
        line->first = (line->first + 1) % SLOTS;
    }
    return line->first == line->last ? UINT64_MAX : line->queue[line->first].due;
}

int main(int count, char **words) {
    if (count < 6) {
        fprintf(stderr, "usage: wan NAMESPACE_A NAMESPACE_B ROUND_TRIP_MS MBIT LOSS_PERCENT [SEED]\n");
        return 2;
    }
    double round_trip = atof(words[3]), rate = atof(words[4]), loss = atof(words[5]) / 100;
    uint64_t seed = count > 6 ? strtoull(words[6], NULL, 10) : 12345;
    uint64_t delay = (uint64_t)(round_trip * 1e6 / 2);
    double per_byte = 8e3 / rate; /* ns */
    /* A queue of one round trip, as a router of that line has, at least 20 ms. */
    uint64_t queue_max = (uint64_t)((round_trip < 20 ? 20 : round_trip) * 1e6);
    int a = open_line(words[1]), b = open_line(words[2]);
    struct direction lines[2] = {{.in = a, .out = b}, {.in = b, .out = a}};
    for (int index = 0; index < 2; index++) {
        lines[index].queue = calloc(SLOTS, sizeof(struct packet));
        lines[index].random = seed * 2654435761u + (uint64_t)index * 97 + 1;
    }
    prctl(PR_SET_TIMERSLACK, 1);
    signal(SIGTERM, end);
    signal(SIGINT, end);
    puts("ready");
    fflush(stdout);
    while (!is_over) {
        uint64_t next = UINT64_MAX;
        for (int index = 0; index < 2; index++) {
            take(&lines[index], loss, delay, per_byte, queue_max);
            uint64_t due = give(&lines[index]);
            if (due < next) next = due;
        }
        uint64_t time = now(), wait = next == UINT64_MAX ? 200000000 : next > time ? next - time : 0;
        if (wait > 200000000) wait = 200000000;
        struct timespec span = {0, (long)wait};
        struct pollfd ends[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
        ppoll(ends, 2, &span, NULL);
    }
    for (int index = 0; index < 2; index++)
        fprintf(stderr, "%s: %lu bytes, lost %lu, dropped at a full queue %lu\n",
                index ? "back" : "forth", lines[index].carried, lines[index].lost,
                lines[index].dropped);
    return 0;
}
