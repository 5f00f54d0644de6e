/* The modes of libzmq_perf with many sockets or connections, and at a fixed rate. */
#include "libzmq_perf.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BATCH = 64, SETTLE_MS = 1500, IDLE_S = 5, LIMIT_S = 50 };

static void **open_many(const struct run *run, int type)
{
    void **sockets = calloc(run->peers, sizeof(void *));
    require(sockets != NULL, "calloc");
    for (uint64_t i = 0; i < run->peers; i++) {
        sockets[i] = open_unconnected(run, type);
        if (type == ZMQ_SUB) {
            require(zmq_setsockopt(sockets[i], ZMQ_SUBSCRIBE, "", 0) == 0, "ZMQ_SUBSCRIBE");
        }
        connect_to(run, sockets[i]);
    }
    return sockets;
}

static void close_many(const struct run *run, void **sockets)
{
    for (uint64_t i = 0; i < run->peers; i++) {
        zmq_close(sockets[i]);
    }
    free(sockets);
}

/* Waits for a full subscriber in place of dropping, so that all that is sent is delivered. */
void fan_out_pub(const struct run *run)
{
    const int yes = 1;
    void *socket = open_unconnected(run, ZMQ_XPUB);
    require(zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &yes, sizeof yes) == 0, "ZMQ_XPUB_NODROP");
    require(zmq_setsockopt(socket, ZMQ_XPUB_VERBOSE, &yes, sizeof yes) == 0, "ZMQ_XPUB_VERBOSE");
    bind_to(run, socket);
    char subscription[8];
    for (uint64_t i = 0; i < run->peers; i++) {
        require(zmq_recv(socket, subscription, sizeof subscription, 0) >= 0, "zmq_recv");
    }
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        send_one(run, socket, i);
    }
    zmq_close(socket);
}

void fan_out_sub(const struct run *run)
{
    void **sockets = open_many(run, ZMQ_SUB);
    uint64_t *received = calloc(run->peers, sizeof(uint64_t));
    require(received != NULL, "calloc");
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    const uint64_t each = run->warmup + run->count;
    uint64_t all = 0;
    uint64_t start_ns = 0;
    while (all < each * run->peers) {
        const uint64_t before = all;
        for (uint64_t i = 0; i < run->peers; i++) {
            for (int some = 0; some < BATCH; some++) {
                if (!receive_one(run, sockets[i], &message, received[i], ZMQ_DONTWAIT)) {
                    break;
                }
                received[i]++;
                if (++all == run->warmup * run->peers) {
                    start_ns = now_ns();
                }
            }
        }
        if (all == before) {
            sched_yield();
        }
    }
    print_rate(run->count * run->peers, now_ns() - start_ns);
    zmq_msg_close(&message);
    free(received);
    close_many(run, sockets);
}

/* Senders take turns, so only a verifying run with one of them can know the number of each message. */
void fan_in_pull(const struct run *run)
{
    void *socket = open_unconnected(run, ZMQ_PULL);
    bind_to(run, socket);
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    uint64_t start_ns = 0;
    struct run blind = *run;
    blind.verify = 0;
    uint64_t *received = calloc(run->peers, sizeof(uint64_t));
    require(received != NULL, "calloc");
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        receive_one(&blind, socket, &message, i, 0);
        if (run->verify) {
            /* A message says its number, which says its sender; numbers of one sender grow by the number of senders. */
            uint64_t number;
            memcpy(&number, zmq_msg_data(&message), sizeof number);
            const uint64_t sender = number % run->peers;
            if (number / run->peers != received[sender]++) {
                fprintf(stderr, "libzmq_perf: message number=%llu out of order\n", (unsigned long long)number);
                exit(1);
            }
        }
        if (i + 1 == run->warmup) {
            start_ns = now_ns();
        }
    }
    print_rate(run->count, now_ns() - start_ns);
    free(received);
    zmq_msg_close(&message);
    zmq_close(socket);
}

void fan_in_push(const struct run *run)
{
    void **sockets = open_many(run, ZMQ_PUSH);
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        send_one(run, sockets[i % run->peers], i);
    }
    close_many(run, sockets);
}

static long resident_bytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    require(file != NULL, "/proc/self/statm");
    require(fscanf(file, "%*d %ld", &pages) == 1, "/proc/self/statm");
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* Established connections whose local port is ours, from the kernel's table. */
static uint64_t established(unsigned port)
{
    char line[512];
    uint64_t count = 0;
    FILE *file = fopen("/proc/net/tcp", "r");
    require(file != NULL, "/proc/net/tcp");
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned local = 0;
        unsigned state = 0;
        if (sscanf(line, " %*d: %*x:%x %*x:%*x %x", &local, &state) == 2 && local == port && state == 1) {
            count++;
        }
    }
    fclose(file);
    return count;
}

static uint64_t processor_ns(void)
{
    struct rusage usage;
    require(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage");
    return ((uint64_t)usage.ru_utime.tv_sec + (uint64_t)usage.ru_stime.tv_sec) * 1000000000u
        + ((uint64_t)usage.ru_utime.tv_usec + (uint64_t)usage.ru_stime.tv_usec) * 1000u;
}

void local_idle(const struct run *run)
{
    void *socket = open_unconnected(run, ZMQ_PULL);
    bind_to(run, socket);
    const unsigned port = (unsigned)strtoul(strrchr(run->endpoint, ':') + 1, NULL, 10);
    const long before = resident_bytes();
    const uint64_t limit_ns = now_ns() + LIMIT_S * 1000000000ull;
    while (established(port) < run->peers) {
        require(now_ns() < limit_ns, "too few connections");
        usleep(100000);
    }
    usleep(SETTLE_MS * 1000);
    const uint64_t busy_ns = processor_ns();
    sleep(IDLE_S);
    printf("%.3f %% CPU\n", (double)(processor_ns() - busy_ns) / (IDLE_S * 1e7));
    printf("%.0f B/connection\n", (double)(resident_bytes() - before) / (double)run->peers);
    zmq_close(socket);
}

void remote_idle(const struct run *run)
{
    const int none = 0;
    void *socket = open_unconnected(run, ZMQ_PUSH);
    require(zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none) == 0, "ZMQ_LINGER");
    for (uint64_t i = 0; i < run->peers; i++) {
        connect_to(run, socket);
    }
    pause();
}

void local_rate(const struct run *run)
{
    void *socket = open_unconnected(run, ZMQ_DEALER);
    bind_to(run, socket);
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        require(zmq_msg_recv(&message, socket, 0) >= 0, "zmq_msg_recv");
        require(zmq_msg_send(&message, socket, 0) >= 0, "zmq_msg_send");
    }
    zmq_msg_close(&message);
    zmq_close(socket);
}

/* Each message has its time, whether or not earlier ones are late, and carries it: what waits to be sent counts. */
void remote_rate(const struct run *run)
{
    void *socket = open_unconnected(run, ZMQ_DEALER);
    connect_to(run, socket);
    uint64_t *times_ns = malloc(run->count * sizeof(uint64_t));
    require(times_ns != NULL && run->size >= sizeof(uint64_t), "SIZE of 8 or more");
    const uint64_t total = run->warmup + run->count;
    const uint64_t start_ns = now_ns();
    uint64_t sent = 0;
    uint64_t received = 0;
    zmq_msg_t reply;
    require(zmq_msg_init(&reply) == 0, "zmq_msg_init");
    while (received < total) {
        const uint64_t due_ns = start_ns + sent * 1000000000ull / run->rate;
        if (sent < total && now_ns() >= due_ns) {
            zmq_msg_t message;
            require(zmq_msg_init_size(&message, run->size) == 0, "zmq_msg_init_size");
            memcpy(zmq_msg_data(&message), &due_ns, sizeof due_ns);
            require(zmq_msg_send(&message, socket, 0) >= 0, "zmq_msg_send");
            sent++;
        } else if (zmq_msg_recv(&reply, socket, ZMQ_DONTWAIT) >= 0) {
            uint64_t was_due_ns;
            memcpy(&was_due_ns, zmq_msg_data(&reply), sizeof was_due_ns);
            require(was_due_ns == start_ns + received * 1000000000ull / run->rate, "reply out of order");
            if (received >= run->warmup) {
                times_ns[received - run->warmup] = now_ns() - was_due_ns;
            }
            received++;
        } else {
            sched_yield();
        }
    }
    print_times(times_ns, run->count, "p99");
    zmq_msg_close(&reply);
    free(times_ns);
    zmq_close(socket);
}
