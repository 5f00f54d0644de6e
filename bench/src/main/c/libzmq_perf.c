/*
 * Programs of the comparison for libzmq, with the argument order of libzmq's own perf tools:
 *
 *   libzmq_perf local-thr|remote-thr ENDPOINT SIZE COUNT [WARMUP]        PULL binds and prints the rate, PUSH connects
 *   libzmq_perf local-lat|remote-lat ENDPOINT SIZE COUNT [WARMUP]        REP binds, REQ connects and prints the median
 *   libzmq_perf inproc-thr|inproc-lat SIZE COUNT [WARMUP]                the same on two threads
 *   libzmq_perf fan-out-pub|fan-out-sub ENDPOINT SIZE COUNT [WARMUP]     one XPUB, --peers=N SUB; prints deliveries a second
 *   libzmq_perf fan-in-pull|fan-in-push ENDPOINT SIZE COUNT [WARMUP]     one PULL, --peers=N PUSH; prints the rate
 *   libzmq_perf local-idle|remote-idle ENDPOINT SIZE COUNT               PULL, --peers=N silent connections; prints memory
 *   libzmq_perf local-rate|remote-rate ENDPOINT SIZE COUNT [WARMUP]      echo at --rate=N a second; prints p99
 *
 * Options: --verify checks every payload, --hwm=N sets the high-water marks; all others are libzmq's defaults.
 *
 * Both sides of a run take the same SIZE, COUNT and WARMUP: WARMUP messages pass before the COUNT that are measured. The
 * receiver's clock runs from the message before the first measured one to the last, so a run without warm-up measures
 * COUNT - 1 messages. As in libzmq's own tools, a sender that does not verify leaves the bytes of a message unwritten.
 */
#include "libzmq_perf.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*role)(const struct run *);

void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "libzmq_perf: %s: %s\n", what, zmq_strerror(errno));
        exit(1);
    }
}

uint64_t now_ns(void)
{
    struct timespec t;
    require(clock_gettime(CLOCK_MONOTONIC, &t) == 0, "clock_gettime");
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void *open_unconnected(const struct run *run, int type)
{
    void *socket = zmq_socket(run->context, type);
    require(socket != NULL, "zmq_socket");
    if (run->high_water_mark >= 0) {
        const int mark = run->high_water_mark;
        require(zmq_setsockopt(socket, ZMQ_SNDHWM, &mark, sizeof mark) == 0, "ZMQ_SNDHWM");
        require(zmq_setsockopt(socket, ZMQ_RCVHWM, &mark, sizeof mark) == 0, "ZMQ_RCVHWM");
    }
    return socket;
}

void bind_to(const struct run *run, void *socket)
{
    require(zmq_bind(socket, run->endpoint) == 0, "zmq_bind");
}

void connect_to(const struct run *run, void *socket)
{
    require(zmq_connect(socket, run->endpoint) == 0, "zmq_connect");
}

static unsigned char payload_byte(size_t index, uint64_t number)
{
    return (unsigned char)(number * 31 + index);
}

static void fill(unsigned char *bytes, size_t size, uint64_t number)
{
    const size_t head = size >= sizeof number ? sizeof number : 0;
    memcpy(bytes, &number, head);
    for (size_t i = head; i < size; i++) {
        bytes[i] = payload_byte(i, number);
    }
}

static void check(const unsigned char *bytes, size_t size, uint64_t number)
{
    const size_t head = size >= sizeof number ? sizeof number : 0;
    int right = memcmp(bytes, &number, head) == 0;
    for (size_t i = head; i < size; i++) {
        right &= bytes[i] == payload_byte(i, number);
    }
    if (!right) {
        fprintf(stderr, "libzmq_perf: message number=%llu has wrong bytes\n", (unsigned long long)number);
        exit(1);
    }
}

void send_one(const struct run *run, void *socket, uint64_t number)
{
    zmq_msg_t message;
    require(zmq_msg_init_size(&message, run->size) == 0, "zmq_msg_init_size");
    if (run->verify) {
        fill(zmq_msg_data(&message), run->size, number);
    }
    require(zmq_msg_send(&message, socket, 0) >= 0, "zmq_msg_send");
}

int receive_one(const struct run *run, void *socket, zmq_msg_t *message, uint64_t number, int flags)
{
    if (zmq_msg_recv(message, socket, flags) < 0) {
        require(errno == EAGAIN, "zmq_msg_recv");
        return 0;
    }
    if (zmq_msg_size(message) != run->size) {
        fprintf(stderr, "libzmq_perf: received size=%zu, expected size=%zu\n", zmq_msg_size(message), run->size);
        exit(1);
    }
    if (run->verify) {
        check(zmq_msg_data(message), run->size, number);
    }
    return 1;
}

void print_rate(uint64_t messages, uint64_t elapsed_ns)
{
    printf("%.0f msg/s\n", (double)messages * 1e9 / (double)(elapsed_ns > 0 ? elapsed_ns : 1));
}

static int compare_u64(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left;
    const uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void print_times(uint64_t *times_ns, uint64_t count, const char *figure)
{
    static const struct { const char *name; double share; } points[] = {
        {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p100", 1}};
    double chosen = 0;
    qsort(times_ns, count, sizeof(uint64_t), compare_u64);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        uint64_t rank = (uint64_t)(points[i].share * (double)count);
        rank = rank < count ? rank : count - 1;
        const double us = (double)times_ns[rank] / 1e3;
        printf("%s %.3f us  ", points[i].name, us);
        chosen = strcmp(points[i].name, figure) == 0 ? us : chosen;
    }
    printf("\n%.3f us %s\n", chosen, figure);
}

static void pull_side(const struct run *run, void *socket)
{
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    const uint64_t before = run->warmup > 0 ? run->warmup : 1;
    const uint64_t total = run->warmup + run->count;
    for (uint64_t i = 0; i < before; i++) {
        receive_one(run, socket, &message, i, 0);
    }
    const uint64_t start_ns = now_ns();
    for (uint64_t i = before; i < total; i++) {
        receive_one(run, socket, &message, i, 0);
    }
    const uint64_t elapsed_ns = now_ns() - start_ns;
    zmq_msg_close(&message);
    print_rate(total - before, elapsed_ns);
}

static void push_side(const struct run *run, void *socket)
{
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        send_one(run, socket, i);
    }
}

static void rep_side(const struct run *run, void *socket)
{
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        receive_one(run, socket, &message, i, 0);
        require(zmq_msg_send(&message, socket, 0) >= 0, "zmq_msg_send");
    }
    zmq_msg_close(&message);
}

static void req_side(const struct run *run, void *socket)
{
    uint64_t *round_trips_ns = malloc(run->count * sizeof(uint64_t));
    require(round_trips_ns != NULL, "malloc");
    zmq_msg_t reply;
    require(zmq_msg_init(&reply) == 0, "zmq_msg_init");
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        const uint64_t start_ns = now_ns();
        send_one(run, socket, i);
        receive_one(run, socket, &reply, i, 0);
        if (i >= run->warmup) {
            round_trips_ns[i - run->warmup] = now_ns() - start_ns;
        }
    }
    zmq_msg_close(&reply);
    print_times(round_trips_ns, run->count, "p50");
    free(round_trips_ns);
}

static void local(const struct run *run, int type, void (*side)(const struct run *, void *))
{
    void *socket = open_unconnected(run, type);
    bind_to(run, socket);
    side(run, socket);
    zmq_close(socket);
}

static void remote(const struct run *run, int type, void (*side)(const struct run *, void *))
{
    void *socket = open_unconnected(run, type);
    connect_to(run, socket);
    side(run, socket);
    zmq_close(socket);
}

static void local_thr(const struct run *run) { local(run, ZMQ_PULL, pull_side); }
static void remote_thr(const struct run *run) { remote(run, ZMQ_PUSH, push_side); }
static void local_lat(const struct run *run) { local(run, ZMQ_REP, rep_side); }
static void remote_lat(const struct run *run) { remote(run, ZMQ_REQ, req_side); }

static void *remote_thr_thread(void *argument)
{
    remote_thr(argument);
    return NULL;
}

static void *remote_lat_thread(void *argument)
{
    remote_lat(argument);
    return NULL;
}

/* Binds before the other thread connects, and joins it before the socket closes. */
static void inproc(struct run *run, int type, void (*side)(const struct run *, void *), void *(*other)(void *))
{
    void *socket = open_unconnected(run, type);
    bind_to(run, socket);
    pthread_t thread;
    require(pthread_create(&thread, NULL, other, run) == 0, "pthread_create");
    side(run, socket);
    require(pthread_join(thread, NULL) == 0, "pthread_join");
    zmq_close(socket);
}

static uint64_t parse(const char *name, const char *text, uint64_t least)
{
    char *end = NULL;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < (long long)least) {
        fprintf(stderr, "libzmq_perf: %s=%s, least value=%llu\n", name, text, (unsigned long long)least);
        exit(2);
    }
    return (uint64_t)value;
}

static int usage(void)
{
    fprintf(stderr, "usage: libzmq_perf MODE ENDPOINT SIZE COUNT [WARMUP] [--OPTION=VALUE...]\n"
                    "       libzmq_perf inproc-thr|inproc-lat SIZE COUNT [WARMUP] [--OPTION=VALUE...]\n");
    return 2;
}

static void parse_option(struct run *run, const char *option)
{
    if (strcmp(option, "--verify") == 0) {
        run->verify = 1;
    } else if (strncmp(option, "--hwm=", 6) == 0) {
        run->high_water_mark = (int)parse("--hwm", option + 6, 0);
    } else if (strncmp(option, "--peers=", 8) == 0) {
        run->peers = parse("--peers", option + 8, 1);
    } else if (strncmp(option, "--rate=", 7) == 0) {
        run->rate = parse("--rate", option + 7, 1);
    } else {
        exit(usage());
    }
}

static void run_two_process_mode(const char *mode, const struct run *run)
{
    static const struct { const char *name; role role; } modes[] = {
        {"local-thr", local_thr}, {"remote-thr", remote_thr}, {"local-lat", local_lat}, {"remote-lat", remote_lat},
        {"fan-out-pub", fan_out_pub}, {"fan-out-sub", fan_out_sub}, {"fan-in-pull", fan_in_pull},
        {"fan-in-push", fan_in_push}, {"local-idle", local_idle}, {"remote-idle", remote_idle},
        {"local-rate", local_rate}, {"remote-rate", remote_rate}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(mode, modes[i].name) == 0) {
            modes[i].role(run);
            return;
        }
    }
    exit(usage());
}

int main(int argc, char **argv)
{
    struct run run = {.high_water_mark = -1, .peers = 1, .rate = 10000};
    while (argc > 1 && strncmp(argv[argc - 1], "--", 2) == 0) {
        parse_option(&run, argv[--argc]);
    }
    const int is_inproc = argc > 1 && strncmp(argv[1], "inproc-", 7) == 0;
    const int first = is_inproc ? 2 : 3;
    if (argc < first + 2 || argc > first + 3) {
        return usage();
    }
    run.context = zmq_ctx_new();
    run.endpoint = is_inproc ? "inproc://perf" : argv[2];
    run.size = (size_t)parse("SIZE", argv[first], 0);
    run.count = parse("COUNT", argv[first + 1], 2);
    run.warmup = argc == first + 3 ? parse("WARMUP", argv[first + 2], 0) : 0;
    require(run.context != NULL, "zmq_ctx_new");
    require(zmq_ctx_set(run.context, ZMQ_MAX_SOCKETS, 4096) == 0, "ZMQ_MAX_SOCKETS");
    if (!is_inproc) {
        run_two_process_mode(argv[1], &run);
    } else if (strcmp(argv[1], "inproc-thr") == 0) {
        inproc(&run, ZMQ_PULL, pull_side, remote_thr_thread);
    } else if (strcmp(argv[1], "inproc-lat") == 0) {
        inproc(&run, ZMQ_REP, rep_side, remote_lat_thread);
    } else {
        return usage();
    }
    require(zmq_ctx_term(run.context) == 0, "zmq_ctx_term");
    return 0;
}
