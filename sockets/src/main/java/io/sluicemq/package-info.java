/**
 * The public sockets: a context, one final class per socket type, their options and results.
 *
 * <p>Called by: application threads; handlers of trouble are called by the I/O agent thread.
 *
 * <p>Must not know: any particular network transport. Those are found at run time by their scheme.
 */
package io.sluicemq;
