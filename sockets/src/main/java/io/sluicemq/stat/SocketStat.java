package io.sluicemq.stat;

import io.sluicemq.DropCause;
import java.util.List;
import java.util.Map;

/**
 * What a reader saw of one socket.
 *
 * @param socketId unique in its context.
 * @param socketType such as PUSH.
 * @param endpoints those it is bound to, then those it is connected to; if they are many, the last is {@code ...} and stands
 *     for the rest.
 * @param messagesSent messages handed to peers.
 * @param bytesSent bytes of those messages.
 * @param messagesReceived messages that the application took.
 * @param bytesReceived bytes of those messages.
 * @param dropped messages not delivered, for every cause; 0 if none.
 */
public record SocketStat(
        long socketId,
        String socketType,
        List<String> endpoints,
        long messagesSent,
        long bytesSent,
        long messagesReceived,
        long bytesReceived,
        Map<DropCause, Long> dropped) {}
