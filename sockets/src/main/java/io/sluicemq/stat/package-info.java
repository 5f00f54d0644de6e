/**
 * Counters that another process can read: how much each socket and peer sent, received and dropped, and why.
 *
 * <p>Called by: sockets and I/O agents, which write ({@link io.sluicemq.stat.StatFile}); tools in this or another process,
 * which read ({@link io.sluicemq.stat.StatReader}). Each class says which thread.
 *
 * <p>Must not know: sockets, pipes, transports. They hand in numbers and names.
 */
package io.sluicemq.stat;
