/**
 * Benchmarks of SluiceMQ and of its peers, run side by side on one machine.
 *
 * <p>Called by: the JMH runner, or the main thread of a two-process program.
 *
 * <p>Must not know: the internals of what it measures.
 */
package io.sluicemq.bench;
