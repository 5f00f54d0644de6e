package io.sluicemq.transport.quic;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.wire.PeerMetadata;

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
        final LaneTerms terms = LaneTerms.decode(peer.propertyBytes(LaneTerms.PROPERTY));
        if (terms == null) {
            carrier.abort(
                    CloseReason.PROTOCOL_ERROR,
                    "property=" + LaneTerms.PROPERTY
                            + " missing or wrong, limit=as in docs/wire-quic.md, see whether the peer is a SluiceMQ socket");
        } else if (!LaneTerms.useLanes(own, terms) || end().handshake().countsId() == 0 || peer.countsId() == 0) {
            // Without counts, an answered PING vouches for what was sent on its own stream, and for nothing on others.
            open(carrier, peer);
        } else {
            final String refusal = sharedRefusal();
            if (refusal != null) {
                carrier.abort(CloseReason.REFUSED, refusal);
                return;
            }
            lanes = new Lanes(connection, end(), own, terms, peer);
            connection.useLanes(lanes);
            open(lanes, peer);
        }
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
    public void onClosed(final CloseReason reason, final String detail, final long unsentMessages) {
        final long givenBack = lanes == null ? 0 : lanes.giveBack();
        super.onClosed(reason, detail, opened ? unsentMessages + givenBack : 0);
    }
}
