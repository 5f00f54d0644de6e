package io.sluicemq.core;

import io.sluicemq.SocketOptions;

/**
 * What makes a socket of a type: how it sends, what it does with what it receives, and who wants to know of its pipes.
 *
 * @param options of the socket.
 * @param outbound the sending half, {@link Mute} for a type that only receives.
 * @param inbound the receiving half.
 * @param observer told of pipes; one of the two halves.
 */
record Pattern(SocketOptions options, Outbound outbound, Inbound inbound, PipeObserver observer) {}
