"""Drives libzmq for tests: one line in is one verb, one line out its answer.

    in:   ID VERB [WORD...]          out:   ID ok [WORD...]   or   ID error HEX-OF-UTF8-TEXT

Bytes travel as hex, an empty byte string as "-". Each socket lives on a thread of its own, which carries out the verbs of
that socket in order; answers of different sockets may overtake each other. The end of stdin ends the process.
"""

import os
import queue
import sys
import threading
import time
import zmq

SLICE_MS = 100
PERIOD = 251
STEP = 31
SEQUENCE_BYTES = 8

out_lock = threading.Lock()
context = zmq.Context()
sockets = {}
threads = []


def answer(request, outcome, *words):
    with out_lock:
        sys.stdout.write(" ".join((request, outcome) + words) + "\n")
        sys.stdout.flush()


def answer_error(request, problem):
    text = str(problem) or type(problem).__name__
    answer(request, "error", text.encode("utf-8", "replace").hex())


def to_bytes(word):
    return b"" if word == "-" else bytes.fromhex(word)


def to_word(data):
    return data.hex() if len(data) else "-"


class Pattern:
    """Same content as the Java class BulkPattern."""

    def __init__(self, frame_bytes):
        self.frame_bytes = frame_bytes
        self.head = SEQUENCE_BYTES if frame_bytes >= SEQUENCE_BYTES else 0
        ramp = bytes(range(PERIOD))
        self.ramp = memoryview(ramp * ((frame_bytes + PERIOD) // PERIOD + 1))

    def tail(self, sequence):
        start = (self.head + sequence * STEP) % PERIOD
        return self.ramp[start:start + self.frame_bytes - self.head]

    def frame(self, sequence):
        head = sequence.to_bytes(SEQUENCE_BYTES, "big") if self.head else b""
        return b"".join((head, self.tail(sequence)))

    def check(self, message_index, frame_index, sequence, data):
        place = "message=%d frame=%d " % (message_index, frame_index)
        if len(data) != self.frame_bytes:
            raise ValueError(place + "bytes=%d, expected=%d" % (len(data), self.frame_bytes))
        if self.head:
            actual = int.from_bytes(data[:SEQUENCE_BYTES], "big")
            if actual != sequence:
                raise ValueError(place + "sequence=%d, expected=%d" % (actual, sequence))
        expected = self.tail(sequence)
        if data[self.head:] != expected:
            wrong = next(i for i in range(len(expected)) if data[self.head + i] != expected[i])
            raise ValueError(place + "sequence=%d position=%d byte=%d, expected=%d" % (
                sequence, self.head + wrong, data[self.head + wrong], expected[wrong]))


class Deadline:
    def __init__(self, timeout_ms):
        self.end = time.monotonic() + timeout_ms / 1000.0

    def left_ms(self):
        return max(0, int((self.end - time.monotonic()) * 1000))


class SocketThread(threading.Thread):
    def __init__(self, kind, linger_ms):
        super().__init__(daemon=True)
        self.socket = context.socket(getattr(zmq, kind))
        self.socket.setsockopt(zmq.LINGER, linger_ms)
        self.verbs = queue.Queue()
        self.closing = False

    def run(self):
        while True:
            request, verb, words = self.verbs.get()
            try:
                result = getattr(self, "do_" + verb.replace("-", "_"))(*words)
                answer(request, "ok", *(result or ()))
            except Exception as problem:
                answer_error(request, problem)
            if verb == "close":
                return

    def wait_for(self, event, deadline):
        """True when the socket is ready; looks up from the wait now and then so that a close gets through."""
        while True:
            self.require_open()
            left_ms = deadline.left_ms()
            if self.socket.poll(min(left_ms, SLICE_MS), event):
                return True
            if left_ms == 0:
                return False

    def require_open(self):
        if self.closing:
            raise RuntimeError("socket was closed")

    def send_before(self, frames, deadline):
        while True:
            try:
                self.socket.send_multipart(frames, zmq.NOBLOCK, copy=True)
                return True
            except zmq.Again:
                if not self.wait_for(zmq.POLLOUT, deadline) or deadline.left_ms() == 0:
                    return False
                if self.socket.type == zmq.ROUTER:
                    # Writable for poll even when the addressed peer is full.
                    time.sleep(0.001)

    def receive_before(self, deadline):
        while True:
            try:
                return self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                if not self.wait_for(zmq.POLLIN, deadline):
                    return None

    def do_number(self, name, value):
        self.socket.setsockopt(getattr(zmq, name), int(value))

    def do_bytes(self, name, value):
        self.socket.setsockopt(getattr(zmq, name), to_bytes(value))

    def do_bind(self, endpoint):
        self.socket.bind(endpoint)
        return (self.socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode(),)

    def do_connect(self, endpoint):
        self.socket.connect(endpoint)

    def do_unbind(self, endpoint):
        self.socket.unbind(endpoint)

    def do_disconnect(self, endpoint):
        self.socket.disconnect(endpoint)

    def do_subscribe(self, prefix):
        self.socket.setsockopt(zmq.SUBSCRIBE, to_bytes(prefix))

    def do_unsubscribe(self, prefix):
        self.socket.setsockopt(zmq.UNSUBSCRIBE, to_bytes(prefix))

    def do_send(self, timeout_ms, *frames):
        sent = self.send_before([to_bytes(frame) for frame in frames], Deadline(int(timeout_ms)))
        return ("1" if sent else "0",)

    def do_receive(self, timeout_ms):
        frames = self.receive_before(Deadline(int(timeout_ms)))
        return None if frames is None else [to_word(frame) for frame in frames]

    def do_bulk_send(self, timeout_ms, count, frame_bytes, frames, *prefix):
        deadline, count, frames = Deadline(int(timeout_ms)), int(count), int(frames)
        pattern = Pattern(int(frame_bytes))
        head = [to_bytes(word) for word in prefix]
        for i in range(count):
            body = [pattern.frame(i * frames + k) for k in range(frames)]
            self.require_open()
            if not self.send_before(head + body, deadline):
                raise TimeoutError("sent=%d of count=%d, timeoutMs=%s" % (i, count, timeout_ms))
        return (str(count),)

    def do_bulk_receive(self, timeout_ms, count, frame_bytes, frames, *prefix):
        deadline, count, frames = Deadline(int(timeout_ms)), int(count), int(frames)
        pattern = Pattern(int(frame_bytes))
        for i in range(count):
            self.require_open()
            self.receive_expected(deadline, pattern, i, count, frames, len(prefix))
        return (str(count),)

    def do_bulk_exchange(self, timeout_ms, window, count, frame_bytes, frames, *prefix):
        deadline, window, count, frames = Deadline(int(timeout_ms)), int(window), int(count), int(frames)
        pattern = Pattern(int(frame_bytes))
        head = [to_bytes(word) for word in prefix]
        sent = 0
        for i in range(count):
            while sent < min(count, i + window):
                body = [pattern.frame(sent * frames + k) for k in range(frames)]
                if not self.send_before(head + body, deadline):
                    raise TimeoutError("sent=%d of count=%d, timeoutMs=%s" % (sent, count, timeout_ms))
                sent += 1
            self.require_open()
            self.receive_expected(deadline, pattern, i, count, frames, len(head))
        return (str(count),)

    def receive_expected(self, deadline, pattern, i, count, frames, prefix_frames):
        message = self.receive_before(deadline)
        if message is None:
            raise TimeoutError("received=%d of count=%d" % (i, count))
        if len(message) != prefix_frames + frames:
            raise ValueError("message=%d frames=%d, expected=%d" % (i, len(message), prefix_frames + frames))
        for k in range(frames):
            pattern.check(i, k, i * frames + k, message[prefix_frames + k])

    def do_echo(self, timeout_ms, count):
        deadline, count = Deadline(int(timeout_ms)), int(count)
        for i in range(count):
            self.require_open()
            message = self.receive_before(deadline)
            if message is None or not self.send_before(message, deadline):
                raise TimeoutError("answered=%d of count=%d, timeoutMs=%s" % (i, count, timeout_ms))
        return (str(count),)

    def do_close(self):
        self.socket.close()


def end_process(limit_s):
    """Lets closed sockets linger, drops what open ones hold, and ends in any case."""
    for thread in threads:
        thread.closing = True
    for thread in list(sockets.values()):
        thread.verbs.put(("0", "number", ("LINGER", "0")))
        thread.verbs.put(("0", "close", ()))
    for thread in threads:
        thread.join(1)
    term = threading.Thread(target=context.term, daemon=True)
    term.start()
    term.join(limit_s)
    os._exit(0)


def handle(line):
    request, verb, *words = line.split()
    try:
        if verb == "version":
            answer(request, "ok", zmq.zmq_version(), zmq.__version__)
        elif verb == "open":
            key, kind, linger_ms = words
            sockets[key] = SocketThread(kind, int(linger_ms))
            threads.append(sockets[key])
            sockets[key].start()
            answer(request, "ok")
        else:
            thread = sockets.pop(words[0]) if verb == "close" else sockets[words[0]]
            thread.closing = thread.closing or verb == "close"
            thread.verbs.put((request, verb, words[1:]))
    except Exception as problem:
        answer_error(request, problem)


def main():
    for line in sys.stdin:
        if line.strip() == "exit":
            break
        handle(line)
    end_process(2.5)


main()
