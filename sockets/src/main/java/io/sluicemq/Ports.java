package io.sluicemq;

import io.sluicemq.core.ReceivePort;
import io.sluicemq.core.SendPort;

/** From an ability to the socket that has it: both interfaces are sealed, so each of their objects is a {@link Socket}. */
final class Ports {
    private Ports() {}

    static SendPort send(final Sender sender) {
        return ((Socket) sender).core().sendPort();
    }

    static ReceivePort receive(final Receiver receiver) {
        return ((Socket) receiver).core().receivePort();
    }
}
