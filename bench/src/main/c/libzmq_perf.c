/*
 * Throughput and round-trip programs for libzmq, with the argument order of libzmq's own perf tools:
 *
 *   libzmq_perf local-thr  ENDPOINT SIZE COUNT [WARMUP]    PULL, binds, prints the rate
 *   libzmq_perf remote-thr ENDPOINT SIZE COUNT [WARMUP]    PUSH, connects
 *   libzmq_perf local-lat  ENDPOINT SIZE COUNT [WARMUP]    REP, binds
 *   libzmq_perf remote-lat ENDPOINT SIZE COUNT [WARMUP]    REQ, connects, prints the median round trip
 *   libzmq_perf inproc-thr SIZE COUNT [WARMUP]             PUSH and PULL on two threads
 *   libzmq_perf inproc-lat SIZE COUNT [WARMUP]             REQ and REP on two threads
 *
 * Both sides of a run take the same SIZE, COUNT and WARMUP: WARMUP messages pass before the COUNT that are measured.
 * The receiver's clock runs from the message before the first measured one to the last, so a run without warm-up measures
 * COUNT - 1 messages. The last line is "<integer> msg/s" or "<number> us p50". Socket options are libzmq's defaults.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

struct run {
    void *context;
    const char *endpoint;
    size_t size;
    uint64_t count;
    uint64_t warmup;
};

typedef void (*role)(const struct run *);

static void fail(const char *what)
{
    fprintf(stderr, "libzmq_perf: %s: %s\n", what, zmq_strerror(errno));
    exit(1);
}

static void require(int condition, const char *what)
{
    if (!condition) {
        fail(what);
    }
}

static uint64_t now_ns(void)
{
    struct timespec t;
    require(clock_gettime(CLOCK_MONOTONIC, &t) == 0, "clock_gettime");
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *open_socket(const struct run *run, int type, int binds)
{
    void *socket = zmq_socket(run->context, type);
    require(socket != NULL, "zmq_socket");
    if (binds) {
        require(zmq_bind(socket, run->endpoint) == 0, "zmq_bind");
    } else {
        require(zmq_connect(socket, run->endpoint) == 0, "zmq_connect");
    }
    return socket;
}

static void send_one(void *socket, size_t size)
{
    zmq_msg_t message;
    require(zmq_msg_init_size(&message, size) == 0, "zmq_msg_init_size");
    memset(zmq_msg_data(&message), 0, size);
    require(zmq_msg_send(&message, socket, 0) >= 0, "zmq_msg_send");
}

static void receive_one(void *socket, zmq_msg_t *message, size_t size)
{
    require(zmq_msg_recv(message, socket, 0) >= 0, "zmq_msg_recv");
    if (zmq_msg_size(message) != size) {
        fprintf(stderr, "libzmq_perf: received size=%zu, expected size=%zu\n", zmq_msg_size(message), size);
        exit(1);
    }
}

static void pull_side(const struct run *run, void *socket)
{
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    const uint64_t before = run->warmup > 0 ? run->warmup : 1;
    const uint64_t measured = run->warmup > 0 ? run->count : run->count - 1;
    for (uint64_t i = 0; i < before; i++) {
        receive_one(socket, &message, run->size);
    }
    const uint64_t start_ns = now_ns();
    for (uint64_t i = 0; i < measured; i++) {
        receive_one(socket, &message, run->size);
    }
    const uint64_t elapsed_ns = now_ns() - start_ns;
    zmq_msg_close(&message);
    printf("%.0f msg/s\n", (double)measured * 1e9 / (double)(elapsed_ns > 0 ? elapsed_ns : 1));
}

static void push_side(const struct run *run, void *socket)
{
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        send_one(socket, run->size);
    }
}

static void rep_side(const struct run *run, void *socket)
{
    zmq_msg_t message;
    require(zmq_msg_init(&message) == 0, "zmq_msg_init");
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        receive_one(socket, &message, run->size);
        require(zmq_msg_send(&message, socket, 0) >= 0, "zmq_msg_send");
    }
    zmq_msg_close(&message);
}

static int compare_u64(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left;
    const uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void req_side(const struct run *run, void *socket)
{
    uint64_t *round_trips_ns = malloc(run->count * sizeof(uint64_t));
    require(round_trips_ns != NULL, "malloc");
    zmq_msg_t reply;
    require(zmq_msg_init(&reply) == 0, "zmq_msg_init");
    for (uint64_t i = 0; i < run->warmup + run->count; i++) {
        const uint64_t start_ns = now_ns();
        send_one(socket, run->size);
        receive_one(socket, &reply, run->size);
        if (i >= run->warmup) {
            round_trips_ns[i - run->warmup] = now_ns() - start_ns;
        }
    }
    zmq_msg_close(&reply);
    qsort(round_trips_ns, run->count, sizeof(uint64_t), compare_u64);
    printf("%.3f us p50\n", (double)round_trips_ns[run->count / 2] / 1e3);
    free(round_trips_ns);
}

static void local_thr(const struct run *run)
{
    void *socket = open_socket(run, ZMQ_PULL, 1);
    pull_side(run, socket);
    zmq_close(socket);
}

static void remote_thr(const struct run *run)
{
    void *socket = open_socket(run, ZMQ_PUSH, 0);
    push_side(run, socket);
    zmq_close(socket);
}

static void local_lat(const struct run *run)
{
    void *socket = open_socket(run, ZMQ_REP, 1);
    rep_side(run, socket);
    zmq_close(socket);
}

static void remote_lat(const struct run *run)
{
    void *socket = open_socket(run, ZMQ_REQ, 0);
    req_side(run, socket);
    zmq_close(socket);
}

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
    void *socket = open_socket(run, type, 1);
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
    fprintf(stderr, "usage: libzmq_perf local-thr|remote-thr|local-lat|remote-lat ENDPOINT SIZE COUNT [WARMUP]\n"
                    "       libzmq_perf inproc-thr|inproc-lat SIZE COUNT [WARMUP]\n");
    return 2;
}

static void run_two_process_mode(const char *mode, const struct run *run)
{
    static const struct { const char *name; role role; } modes[] = {
        {"local-thr", local_thr}, {"remote-thr", remote_thr}, {"local-lat", local_lat}, {"remote-lat", remote_lat}};
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
    const int is_inproc = argc > 1 && strncmp(argv[1], "inproc-", 7) == 0;
    const int first = is_inproc ? 2 : 3;
    if (argc < first + 2 || argc > first + 3) {
        return usage();
    }
    struct run run = {
        .context = zmq_ctx_new(),
        .endpoint = is_inproc ? "inproc://perf" : argv[2],
        .size = (size_t)parse("SIZE", argv[first], 0),
        .count = parse("COUNT", argv[first + 1], 2),
        .warmup = argc == first + 3 ? parse("WARMUP", argv[first + 2], 0) : 0,
    };
    require(run.context != NULL, "zmq_ctx_new");
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
