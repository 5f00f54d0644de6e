/**
 * What the packages of this module share, for none outside of it.
 *
 * <p>Called by: the code of the journal and of durable publish/subscribe, on any thread.
 *
 * <p>Must not know: either of them.
 */
package io.sluicemq.persistence;
