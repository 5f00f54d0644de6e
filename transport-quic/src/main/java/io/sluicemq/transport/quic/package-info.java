/**
 * The {@code quic://} transport.
 *
 * <p>Called by: the I/O agent thread that owns the driver.
 *
 * <p>Must not know: socket types, routing, contexts, message framing.
 */
package io.sluicemq.transport.quic;
