/**
 * The {@code tcp://} and {@code tls+tcp://} transports: non-blocking socket channels behind the transport SPI.
 *
 * <p>Called by: the I/O agent thread that owns the driver.
 *
 * <p>Must not know: socket types, routing, contexts, message framing.
 */
package io.sluicemq.transport.tcp;
