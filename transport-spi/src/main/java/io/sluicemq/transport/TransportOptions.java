package io.sluicemq.transport;

/** Marks the options of one transport, which a socket carries to it unread. Implementations are immutable. */
public interface TransportOptions {}
