"""Replies to each message with itself, with libzmq: ENDPOINT IDENTITY. Ends at a message of one frame; prints the version."""

import sys
import zmq

with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
    dealer.setsockopt(zmq.IDENTITY, sys.argv[2].encode())
    dealer.setsockopt(zmq.RCVTIMEO, 20000)
    dealer.connect(sys.argv[1])
    while True:
        frames = dealer.recv_multipart()
        if len(frames) == 1:
            break
        dealer.send_multipart(frames)
print(zmq.zmq_version())
