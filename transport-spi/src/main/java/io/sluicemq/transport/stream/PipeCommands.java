package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.wire.CommandReader;
import org.agrona.DirectBuffer;

/** What commands of the peer do to a pipe: signs of life, and the exchange of received counts. Agent. */
final class PipeCommands {
    private final StreamPipe pipe;
    private final Outbound outbound;
    private final Liveness liveness;
    private final Account account;

    PipeCommands(final StreamPipe pipe, final Outbound outbound, final Liveness liveness, final Account account) {
        this.pipe = pipe;
        this.outbound = outbound;
        this.liveness = liveness;
        this.account = account;
    }

    void on(final CommandReader.Kind kind, final CommandReader command, final DirectBuffer buffer) {
        final int offset = command.argumentOffset();
        final int length = command.argumentLength();
        switch (kind) {
            case PING -> {
                liveness.onPing(command.ttlDeciseconds());
                if (!pipe.isOutputShut()) {
                    outbound.control.putPong(buffer, offset, length);
                }
            }
            case PONG -> account.onPong(buffer, offset, length);
            case BEGIN, RECEIVED, END -> onCounts(kind, command);
            default -> {
                // Not for us: RFC 37 leaves room for others.
            }
        }
    }

    private void onCounts(final CommandReader.Kind kind, final CommandReader command) {
        final String error = account.onCommand(kind, command);
        if (error != null) {
            pipe.onPeerError(CloseReason.PROTOCOL_ERROR, error);
        } else if (kind == CommandReader.Kind.END && account.hasPeerEnded()) {
            account.tellLast();
            pipe.onPeerEnd();
        }
    }
}
