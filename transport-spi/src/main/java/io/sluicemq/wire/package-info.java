/**
 * The ZMTP wire protocol without I/O: frames, the handshake, commands and heartbeats. Bytes and {@code nowNs} go in,
 * bytes and events come out, so that every path can be stepped by hand and fuzzed.
 *
 * <p>Called by: the I/O agent that owns the connection, one instance per connection, no thread safety. The static
 * encoders may be called from any thread.
 *
 * <p>Must not know: channels, clocks, rings, pipes and any socket pattern.
 */
package io.sluicemq.wire;
