/**
 * What a medium must supply to carry messages: a transport, its driver, and the pipes it opens.
 *
 * <p>Called by: one I/O agent thread per driver; a transport itself is opened from any thread.
 *
 * <p>Must not know: socket types, routing, contexts, and any particular medium.
 */
package io.sluicemq.transport;
