/**
 * The journal: records that are appended by one thread, survive a killed process or a loss of power, and are read in place by any
 * number of readers.
 *
 * <p>Called by: one thread at a time at a {@code Journal}; each reader by one thread of its own. File work happens in these calls, and
 * on one helper thread that makes the next segment and writes closed ones to the disk.
 *
 * <p>Must not know: messages, topics, queues, sockets. What a record means is its owner's business.
 */
package io.sluicemq.journal;
