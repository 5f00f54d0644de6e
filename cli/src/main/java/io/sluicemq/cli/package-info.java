/**
 * The {@code sluice} command: sockets, measurements and inspection from a shell.
 *
 * <p>Called by: the main thread of its own process.
 *
 * <p>Must not know: the internals of sockets and transports; it uses public types only.
 */
package io.sluicemq.cli;
