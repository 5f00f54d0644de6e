package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/** What the peer is to be told of the room for its messages, once the control stream has room for that. Agent. */
final class Credits {
    private final StreamOutput control;
    private final BooleanSupplier mayCommand;

    /** By lane; 0 where nothing is to be told. */
    private final long[] granted = new long[CreditCommand.LARGE_MESSAGES + 1];

    private final ByteBuffer command = ByteBuffer.allocate(CreditCommand.BYTES);
    private boolean waiting;

    /**
     * Makes one that has nothing to tell.
     *
     * @param control the stream.
     * @param mayCommand whether a command there would not stand in the middle of another one.
     */
    Credits(final StreamOutput control, final BooleanSupplier mayCommand) {
        this.control = control;
        this.mayCommand = mayCommand;
    }

    void grant(final int lane, final long total) {
        granted[lane] = total;
        waiting = true;
    }

    void flush() {
        if (!waiting || !mayCommand.getAsBoolean()) {
            return;
        }
        for (int lane = 0; lane < granted.length; lane++) {
            if (granted[lane] != 0) {
                if (control.room() < CreditCommand.BYTES) {
                    return;
                }
                command.clear();
                CreditCommand.put(command, lane, granted[lane]);
                command.flip();
                control.write(command, command.limit());
                granted[lane] = 0;
            }
        }
        waiting = false;
    }
}
