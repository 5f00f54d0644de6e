package io.sluicemq.transport.quic;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.wire.PeerMetadata;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A socket's end of a connection that may have lanes: says so in the handshake, and puts them between the two. Agent. */
final class LanedEnd extends EndLayer {
    private final QuicConnection connection;
    private final LaneTerms own;
    private Lanes lanes;

    /** The socket has the connection: until then what was offered early is the socket's, and nothing is to be accounted for. */
    private boolean opened;

    LanedEnd(final QuicConnection connection, final PipeEnd end, final LaneTerms own) {
        super(end);
        this.connection = connection;
        this.own = own;
    }

    @Override
    public void onOpen(final Carrier carrier, final PeerMetadata peer) {
        final DatagramTerms datagrams = DatagramTerms.decode(peer.propertyBytes(DatagramTerms.PROPERTY));
        final LaneTerms terms = LaneTerms.decode(peer.propertyBytes(LaneTerms.PROPERTY));
        if (terms == null || datagrams == null) {
            carrier.abort(
                    CloseReason.PROTOCOL_ERROR,
                    "property=" + (terms == null ? LaneTerms.PROPERTY : DatagramTerms.PROPERTY)
                            + " missing or wrong, limit=as in docs/wire-quic.md, see whether the peer is a SluiceMQ socket");
        } else if (!LaneTerms.useLanes(own, terms) || end().handshake().countsId() == 0 || peer.countsId() == 0) {
            // Without counts, an answered PING vouches for what was sent on its own stream, and for nothing on others.
            open(connection.datagrams().open(carrier, end(), peer, datagrams), peer);
        } else {
            final String refusal = sharedRefusal();
            if (refusal != null) {
                carrier.abort(CloseReason.REFUSED, refusal);
                return;
            }
            lanes = new Lanes(connection, end(), own, terms, peer);
            connection.useLanes(lanes);
            connection.datagrams().openBesideLanes();
            open(lanes, peer);
        }
        connection.datagrams().handOverEarly();
    }

    private void open(final Carrier carrier, final PeerMetadata peer) {
        opened = true;
        super.onOpen(carrier, peer);
    }

    @Override
    public void onAccount(final ConnectionAccount account) {
        if (opened) {
            super.onAccount(account);
        }
    }

    @Override
    public boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final DatagramIn numbered = connection.datagrams().numbered();
        if (numbered == null) {
            return super.onMessage(kind, buffer, offset, length);
        }
        return numbered.isOvertaken() || delivered(numbered, super.onMessage(kind, buffer, offset, length));
    }

    @Override
    public boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        final DatagramIn numbered = connection.datagrams().numbered();
        if (numbered == null) {
            return super.onLargeMessage(kind, buffer, offset, length);
        }
        if (numbered.isOvertaken()) {
            connection.driver().context().buffers().release(buffer);
            return true;
        }
        return delivered(numbered, super.onLargeMessage(kind, buffer, offset, length));
    }

    private static boolean delivered(final DatagramIn numbered, final boolean taken) {
        if (taken) {
            numbered.onDelivered();
        }
        return taken;
    }

    @Override
    public void onClosed(final CloseReason reason, final String detail, final long unsentMessages) {
        long givenBack = 0;
        try {
            connection.datagrams().settle();
            givenBack = lanes == null ? 0 : lanes.giveBack();
        } finally {
            // Also when there is no memory for that: nobody else ends the pipe.
            super.onClosed(reason, detail, opened ? unsentMessages + givenBack : 0);
        }
    }
}
