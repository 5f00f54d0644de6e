/**
 * TLS as a layer round any {@link io.sluicemq.transport.stream.StreamChannel}, its options, and what they read from files.
 *
 * <p>Called by: the I/O agent thread that owns the driver; the options are for any thread.
 *
 * <p>Must not know: sockets of the JDK, message framing, what the bytes mean that it carries.
 */
package io.sluicemq.transport.tls;
