/* What the two source files of the libzmq programs share. */
#ifndef LIBZMQ_PERF_H
#define LIBZMQ_PERF_H

#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

struct run {
    void *context;
    const char *endpoint;
    size_t size;
    uint64_t count;
    uint64_t warmup;
    int verify;
    int high_water_mark; /* -1: libzmq's default */
    uint64_t peers;
    uint64_t rate;
};

void require(int condition, const char *what);
uint64_t now_ns(void);
void *open_unconnected(const struct run *run, int type);
void bind_to(const struct run *run, void *socket);
void connect_to(const struct run *run, void *socket);

/* A message of the run's size; a verifying run writes the bytes that Payload.java describes. */
void send_one(const struct run *run, void *socket, uint64_t number);
/* Returns 0 when there is none and flags say not to wait. A verifying run checks the bytes. */
int receive_one(const struct run *run, void *socket, zmq_msg_t *message, uint64_t number, int flags);
void print_rate(uint64_t messages, uint64_t elapsed_ns);
/* Sorts, prints the tail, and then one percentile as the figure. */
void print_times(uint64_t *times_ns, uint64_t count, const char *figure);

/* Modes with many sockets or connections, or at a fixed rate. */
void fan_out_pub(const struct run *run);
void fan_out_sub(const struct run *run);
void fan_in_pull(const struct run *run);
void fan_in_push(const struct run *run);
void local_idle(const struct run *run);
void remote_idle(const struct run *run);
void local_rate(const struct run *run);
void remote_rate(const struct run *run);

#endif
