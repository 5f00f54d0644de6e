package io.sluicemq.testkit.peers;

import org.zeromq.ZMQ;

/** Maps option names to JeroMQ's setters. */
final class JeroMqOptions {

    private JeroMqOptions() {}

    static boolean set(final ZMQ.Socket socket, final PeerOption option, final byte[] value) {
        return switch (option) {
            case IDENTITY -> socket.setIdentity(value);
            case CONNECT_ROUTING_ID -> socket.setConnectRid(value);
            case PLAIN_USERNAME -> socket.setPlainUsername(value);
            case PLAIN_PASSWORD -> socket.setPlainPassword(value);
            case CURVE_PUBLIC_KEY -> socket.setCurvePublicKey(value);
            case CURVE_SECRET_KEY -> socket.setCurveSecretKey(value);
            case CURVE_SERVER_KEY -> socket.setCurveServerKey(value);
            default -> throw lacking(option);
        };
    }

    static boolean set(final ZMQ.Socket socket, final PeerOption option, final long value) {
        return switch (option) {
            case SEND_HWM -> socket.setSndHWM((int) value);
            case RECEIVE_HWM -> socket.setRcvHWM((int) value);
            case SEND_BUFFER_BYTES -> socket.setSendBufferSize((int) value);
            case RECEIVE_BUFFER_BYTES -> socket.setReceiveBufferSize((int) value);
            case LINGER_MS -> socket.setLinger((int) value);
            case MAX_FRAME_BYTES -> socket.setMaxMsgSize(value);
            case HEARTBEAT_INTERVAL_MS -> socket.setHeartbeatIvl((int) value);
            case HEARTBEAT_TTL_MS -> socket.setHeartbeatTtl((int) value);
            case HEARTBEAT_TIMEOUT_MS -> socket.setHeartbeatTimeout((int) value);
            case HANDSHAKE_INTERVAL_MS -> socket.setHandshakeIvl((int) value);
            case RECONNECT_INTERVAL_MS -> socket.setReconnectIVL((int) value);
            case RECONNECT_INTERVAL_MAX_MS -> socket.setReconnectIVLMax((int) value);
            default -> setFlag(socket, option, flag(option, value));
        };
    }

    private static boolean setFlag(final ZMQ.Socket socket, final PeerOption option, final boolean value) {
        return switch (option) {
            case PLAIN_SERVER -> socket.setPlainServer(value);
            case CURVE_SERVER -> socket.setCurveServer(value);
            // JeroMQ's option says the opposite of libzmq's: true queues to connections that are not complete.
            case IMMEDIATE -> socket.setImmediate(!value);
            case CONFLATE -> socket.setConflate(value);
            case IPV6 -> socket.setIPv6(value);
            case XPUB_VERBOSE -> socket.setXpubVerbose(value);
            case XPUB_VERBOSER -> socket.setXpubVerboser(value);
            case XPUB_NODROP -> socket.setXpubNoDrop(value);
            case XPUB_MANUAL -> socket.setXpubManual(value);
            case ROUTER_MANDATORY -> socket.setRouterMandatory(value);
            case ROUTER_HANDOVER -> socket.setRouterHandover(value);
            case PROBE_ROUTER -> socket.setProbeRouter(value);
            case REQ_CORRELATE -> socket.setReqCorrelate(value);
            case REQ_RELAXED -> socket.setReqRelaxed(value);
            default -> throw lacking(option);
        };
    }

    private static boolean flag(final PeerOption option, final long value) {
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException(option + "=" + value + ", limit=0 or 1, give a flag");
        }
        return value == 1;
    }

    private static PeerException lacking(final PeerOption option) {
        return new PeerException("JeroMQ has no option=" + option);
    }
}
