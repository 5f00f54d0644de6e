package io.sluicemq.transport.stream;

import java.io.IOException;
import java.nio.channels.Channel;

/** What is done with any channel. */
public final class Channels {
    private Channels() {}

    /**
     * Closes a channel whose failure to close concerns nobody any more: its descriptor is free either way.
     *
     * @param channel to be closed; closing it twice does nothing.
     */
    @SuppressWarnings("EmptyCatch")
    public static void closeQuietly(final Channel channel) {
        try {
            channel.close();
        } catch (final IOException e) {
            // There is nobody left to tell.
        }
    }
}
