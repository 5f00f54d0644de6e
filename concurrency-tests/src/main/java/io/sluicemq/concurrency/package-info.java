/**
 * Tests of memory order, run by jcstress: rings, waking, close against send, the subscription trie.
 *
 * <p>Called by: the jcstress runner, from several threads at once.
 *
 * <p>Must not know: the network. Each test holds one small piece and no clock.
 */
package io.sluicemq.concurrency;
