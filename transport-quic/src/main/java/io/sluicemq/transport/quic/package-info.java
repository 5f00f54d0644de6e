/**
 * The {@code quic://} transport: ZMTP in the streams of a QUIC connection (RFC 9000), always encrypted.
 *
 * <p>Called by: the I/O agent thread that owns the driver. Netty's event loop is that agent, so all of QUIC's work is done on its
 * thread, but for the arithmetic of handshakes.
 *
 * <p>Must not know: socket patterns, routing. No type of Netty's is part of what others see.
 *
 * <p>Where to begin: a connection {@code QuicConnection}; its streams {@code PeerStreams}, {@code FrameMerger}, {@code FrameSplitter}; lanes
 * {@code Lanes}, and which lane {@code LaneChooser}; datagrams {@code Datagrams}; early data {@code EarlyListening}, {@code EarlyDialing}, and for
 * requests {@code EarlyRequests} with {@code EarlyWay} of the sockets; addresses that change {@code PathTable}, {@code ClientPath}; sockets and ports
 * {@code QuicPort}, {@code QuicDialing}; the agent's loop {@code AgentLoop}.
 */
package io.sluicemq.transport.quic;
