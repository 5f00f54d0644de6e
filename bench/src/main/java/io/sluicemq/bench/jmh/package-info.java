/**
 * JMH benchmarks of single operations. {@code java -jar bench/target/bench.jar -prof gc} runs them and tells the bytes that each
 * operation allocates.
 *
 * <p>Called by: the JMH runner, one class a group of operations.
 *
 * <p>Must not know: the internals of what it measures.
 */
package io.sluicemq.bench.jmh;
