/**
 * What the sockets are made of: subscription and routing tables.
 *
 * <p>Called by: the sockets of this module, on application threads and on the I/O agent thread; each class says which.
 *
 * <p>Must not know: any transport. Not exported.
 */
package io.sluicemq.core;
