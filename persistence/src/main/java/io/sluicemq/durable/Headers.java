package io.sluicemq.durable;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sluicemq.journal.proto.Envelope;
import java.util.List;
import org.agrona.DirectBuffer;

/** Headers as they are stored and sent: an {@code Envelope} of envelope.proto. */
final class Headers {
    static final int VERSION = 1;

    private Headers() {}

    static List<MessageHeader> parse(final DirectBuffer buffer, final int offset, final int length) {
        if (length == 0) {
            return List.of();
        }
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        final Envelope envelope;
        try {
            envelope = Envelope.parseFrom(bytes);
        } catch (final InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "headersBytes=" + length + ", limit=an Envelope of envelope.proto, look at what published it", e);
        }
        if (envelope.getVersion() != VERSION) {
            throw new IllegalStateException("envelopeVersion=" + Integer.toUnsignedString(envelope.getVersion())
                    + ", limit=" + VERSION + ", read it with the version of SluiceMQ that published it");
        }
        return envelope.getHeadersList().stream()
                .map(header ->
                        new MessageHeader(header.getName(), header.getValue().toByteArray()))
                .toList();
    }
}
