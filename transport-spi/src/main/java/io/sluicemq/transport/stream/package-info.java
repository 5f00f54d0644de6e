/**
 * The pipe that all byte-stream media share: handshake, framing, gathering, partial writes, back pressure, heartbeat and
 * orderly end. A medium supplies a {@link io.sluicemq.transport.stream.StreamChannel} and how to connect and accept.
 *
 * <p>Called by: the one I/O agent thread that owns the driver. Nothing here is thread safe, nothing blocks.
 *
 * <p>Must not know: socket patterns, routing, and any particular medium.
 */
package io.sluicemq.transport.stream;
