/**
 * The {@code quic://} transport: ZMTP in the streams of a QUIC connection (RFC 9000), always encrypted.
 *
 * <p>Called by: the I/O agent thread that owns the driver. Netty's event loop is that agent, so all of QUIC's work is done on its
 * thread, but for the arithmetic of handshakes.
 *
 * <p>Must not know: socket patterns, routing. No type of Netty's is part of what others see.
 */
package io.sluicemq.transport.quic;
