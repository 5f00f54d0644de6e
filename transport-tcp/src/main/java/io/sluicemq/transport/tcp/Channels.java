package io.sluicemq.transport.tcp;

import java.io.IOException;
import java.nio.channels.Channel;

final class Channels {
    private Channels() {}

    /** There is nobody left to tell, and nothing that could be done about it. */
    @SuppressWarnings("EmptyCatch")
    static void closeQuietly(final Channel channel) {
        try {
            channel.close();
        } catch (final IOException e) {
            // The descriptor is free either way.
        }
    }
}
