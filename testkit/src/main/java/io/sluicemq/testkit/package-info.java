/**
 * What tests of sockets and transports share: a conformance kit, a manual clock, a lossy link and leak checks.
 *
 * <p>Called by: test threads.
 *
 * <p>Must not know: any particular network transport; a transport's own tests hand it in.
 */
package io.sluicemq.testkit;
