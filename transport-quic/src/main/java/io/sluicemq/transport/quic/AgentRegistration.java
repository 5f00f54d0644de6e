package io.sluicemq.transport.quic;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.sluicemq.transport.TransportContext;
import java.io.IOException;
import java.nio.channels.SelectionKey;

/** A channel of Netty's in the selector of an I/O agent. Agent. */
final class AgentRegistration implements IoRegistration, TransportContext.ReadyHandler {
    private static final NioIoEvent[] EVENTS = new NioIoEvent[32];

    static {
        for (int ops = 0; ops < EVENTS.length; ops++) {
            final NioIoOps ready = NioIoOps.valueOf(ops);
            EVENTS[ops] = () -> ready;
        }
    }

    private final AgentLoop loop;
    private final NioIoHandle handle;
    private final SelectionKey key;
    private boolean cancelled;

    AgentRegistration(final AgentLoop loop, final TransportContext context, final NioIoHandle handle)
            throws IOException {
        this.loop = loop;
        this.handle = handle;
        this.key = context.register(handle.selectableChannel(), 0, this);
        handle.registered();
    }

    @Override
    public void onReady(final SelectionKey ready) {
        loop.enter();
        if (isValid()) {
            handle.handle(this, EVENTS[ready.readyOps()]);
        }
        loop.leave();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Netty asks for the key
    public <T> T attachment() {
        return (T) key;
    }

    @Override
    public long submit(final IoOps ops) {
        if (!isValid()) {
            return -1;
        }
        final int value = ((NioIoOps) ops).value();
        key.interestOps(value);
        return value;
    }

    @Override
    public boolean isValid() {
        return !cancelled && key.isValid();
    }

    @Override
    public boolean cancel() {
        if (cancelled) {
            return false;
        }
        cancelled = true;
        key.cancel();
        handle.unregistered();
        return true;
    }
}
