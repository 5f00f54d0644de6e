/**
 * The {@code ipc://} transport over Unix domain sockets and the {@code shm://} transport over rings in a mapped file.
 *
 * <p>Called by: the I/O agent thread that owns the driver.
 *
 * <p>Must not know: socket types, routing, contexts.
 */
package io.sluicemq.transport.ipc;
