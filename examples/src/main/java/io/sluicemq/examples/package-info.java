/**
 * Small complete programs, quoted by the README and the documentation, so they must compile.
 *
 * <p>Called by: the main thread of each program.
 *
 * <p>Must not know: anything but public types.
 */
package io.sluicemq.examples;
