/** The sockets under hostile peers, leaks, idleness, lost wake-ups and odd ways to start a JVM. */
package io.sluicemq.integration.robust;
