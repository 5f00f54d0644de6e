/**
 * Patterns built on sockets alone, such as reliable request-reply.
 *
 * <p>Called by: application threads; each type names its owner thread.
 *
 * <p>Must not know: transports, the journal, the internals of sockets.
 */
package io.sluicemq.patterns;
