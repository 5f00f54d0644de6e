package io.sluicemq.stat;

import io.sluicemq.DropCause;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.agrona.concurrent.status.CountersReader;

/**
 * Bytes of the statistics file, in the byte order of the machine.
 *
 * <pre>
 *   header (4,096) | counter values (128 each) | counter metadata (512 each) | peer records (256 each)
 *
 *   header                                          peer record
 *    0 i64 magic, stored last                        0 i32 version: odd while its text changes
 *    8 i32 layout version                            4 i32 state: 0 free, else code of a PeerState
 *   16 i64 process id                                8 i64 socket id
 *   24 i64 start of the process, epoch ms           16 i64 pipe id
 *   32 i32 counters version: odd while they change  24 i64 sent
 *   36 i32 counters ever used                       32 i64 received
 *   40 i32 peer records ever used                   40 i64 dropped
 *                                                   48 i64 queued
 *                                                   56 u8 length, 15 bytes: socket type of the peer
 *                                                   72 u8 length, 183 bytes: endpoint
 * </pre>
 *
 * <p>Counters are those of Agrona's CountersManager. A socket's counter has type {@link #SOCKET_COUNTER} and the key: i64
 * socket id, i32 index among the socket's counters, u8 length, 15 bytes: socket type.
 *
 * <p>Cost: the file is sparse. Of its 56 MB, blocks are taken when they are first used: 16 KiB at a time, 10 KB for a
 * socket (15 counters of 640 bytes), 256 bytes for a peer.
 */
final class StatLayout {
    static final long MAGIC = 0x534c_5549_4345_5354L;
    static final int VERSION = 3;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int PID_OFFSET = 16;
    static final int START_OFFSET = 24;
    static final int COUNTERS_VERSION_OFFSET = 32;
    static final int COUNTERS_USED_OFFSET = 36;
    static final int PEERS_USED_OFFSET = 40;
    static final int HEADER_LENGTH = 4096;

    private static final String[] TRAFFIC = {"messages_sent", "bytes_sent", "messages_received", "bytes_received"};

    /** The first drop counter of a socket; before it stand messages and bytes sent, messages and bytes received. */
    static final int FIRST_DROP = TRAFFIC.length;

    /** In the order of their counters. */
    static final List<DropCause> DROP_CAUSES = List.of(DropCause.values());

    static final List<String> SOCKET_COUNTERS = socketCounters();

    static final int MAX_SOCKETS = 4096;
    static final int MAX_COUNTERS = MAX_SOCKETS * SOCKET_COUNTERS.size();
    static final int MAX_PEERS = 65_536;

    static final int VALUES_OFFSET = HEADER_LENGTH;
    static final int VALUES_LENGTH = MAX_COUNTERS * CountersReader.COUNTER_LENGTH;
    static final int METADATA_OFFSET = VALUES_OFFSET + VALUES_LENGTH;
    static final int METADATA_LENGTH = MAX_COUNTERS * CountersReader.METADATA_LENGTH;
    static final int PEERS_OFFSET = METADATA_OFFSET + METADATA_LENGTH;
    static final int PEER_LENGTH = 256;
    static final int FILE_LENGTH = PEERS_OFFSET + MAX_PEERS * PEER_LENGTH;

    static final int SOCKET_COUNTER = 2;

    static final int KEY_SOCKET_ID = 0;
    static final int KEY_INDEX = 8;
    static final int KEY_SOCKET_TYPE = 12;
    static final int KEY_LENGTH = 28;

    static final int PEER_VERSION = 0;
    static final int PEER_STATE = 4;
    static final int PEER_SOCKET_ID = 8;
    static final int PEER_PIPE_ID = 16;
    static final int PEER_SENT = 24;
    static final int PEER_RECEIVED = 32;
    static final int PEER_DROPPED = 40;
    static final int PEER_QUEUED = 48;
    static final int PEER_SOCKET_TYPE = 56;
    static final int PEER_ENDPOINT = 72;

    static final int MAX_SOCKET_TYPE_BYTES = PEER_ENDPOINT - PEER_SOCKET_TYPE - 1;
    static final int MAX_PEER_ENDPOINT_BYTES = PEER_LENGTH - PEER_ENDPOINT - 1;

    /** Between the endpoints in a label. */
    static final String ENDPOINT_SEPARATOR = "\n";

    /** Stands for the endpoints that have no room. */
    private static final String MORE_ENDPOINTS = "...";

    /** What a label has room for behind its longest start. */
    static final int MAX_ENDPOINTS_BYTES = 320;

    private StatLayout() {}

    private static List<String> socketCounters() {
        final List<String> names = new ArrayList<>(List.of(TRAFFIC));
        for (final DropCause cause : DROP_CAUSES) {
            final String name = cause.name().toLowerCase(Locale.ROOT);
            names.add(cause == DropCause.IN_FLIGHT_UNKNOWN ? name : "dropped_" + name);
        }
        return List.copyOf(names);
    }

    /** As many endpoints as there is room for, then three dots if that is not all. */
    static String endpointsText(final List<String> endpoints) {
        final StringBuilder text = new StringBuilder();
        int left = MAX_ENDPOINTS_BYTES - MORE_ENDPOINTS.length() - 1;
        for (final String endpoint : endpoints) {
            left -= endpoint.getBytes(StandardCharsets.UTF_8).length + 1;
            if (text.length() > 0) {
                text.append(ENDPOINT_SEPARATOR);
                if (left < 0) {
                    return text.append(MORE_ENDPOINTS).toString();
                }
            }
            text.append(endpoint);
        }
        return text.toString();
    }

    static byte[] label(final int index, final long socketId, final String socketType, final String endpoints) {
        return utf8(labelStart(index, socketId, socketType) + endpoints, CountersReader.MAX_LABEL_LENGTH);
    }

    /** What a socket counter's label begins with; the endpoints follow, each but the first behind a line feed. */
    static String labelStart(final int index, final long socketId, final String socketType) {
        return SOCKET_COUNTERS.get(index) + ": socket=" + socketId + " " + socketType + " ";
    }

    /** UTF-8 of the text, cut between two characters if it has more bytes than the limit. */
    static byte[] utf8(final String text, final int maxBytes) {
        String cut = text.length() > maxBytes ? text.substring(0, maxBytes) : text;
        byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
        while (bytes.length > maxBytes) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
            bytes = cut.getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }
}
