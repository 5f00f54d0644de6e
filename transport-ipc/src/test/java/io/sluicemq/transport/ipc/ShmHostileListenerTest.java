package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.SocketType;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who listens where a socket dials, and names it a file that it must not map: the socket says why, and has mapped nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmHostileListenerTest {
    private static final String NAME = "socket.0123456789abcdef.ring";
    private static final int RING_BYTES = 4096;

    @TempDir
    private Path folder;

    private final TestAgent agent = new TestAgent();
    private final TestPipeEnd end = new TestPipeEnd(agent, SocketType.PULL);
    private ServerSocketChannel listener;
    private RawShmPeer peer;
    private Path ring;

    @BeforeEach
    void beDialed() throws IOException {
        final Path socket = folder.resolve("socket");
        ring = folder.resolve(NAME);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        agent.open(new ShmTransport()).dial(Endpoint.parse("shm://" + socket), end);
        peer = RawShmPeer.accept(socket, listener);
        peer.send(RawShmPeer.HANDSHAKE);
    }

    @AfterEach
    void close() throws IOException {
        // A file may be mapped still by the thread that opens it, and let go as nobody wants it any more.
        final CountDownLatch opened = new CountDownLatch(1);
        agent.blocking().execute(opened::countDown);
        agent.await("the thread that opens files is done", () -> opened.getCount() == 0);
        assertThat(RawShmPeer.mappedBytes(folder)).isZero();
        agent.close();
        peer.close();
        listener.close();
    }

    private void name(final String name) throws IOException {
        peer.send(RawShmPeer.ring(1000, 1000, name));
    }

    private void assertEnds(final CloseReason reason, final String... texts) {
        agent.await("closed", () -> end.closedCount() > 0);
        assertThat(end.closedCount()).isEqualTo(1);
        assertThat(end.openCount()).isZero();
        assertThat(end.closeReason()).isEqualTo(reason);
        assertThat(end.closeDetail()).contains(texts);
    }

    private void makeFile() throws IOException {
        ShmFile.create(ring, RING_BYTES, RING_BYTES, ShmFile.OWNER_ONLY).unmap();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../socket.0123456789abcdef.ring",
                "/etc/passwd",
                "socket/../socket.0123456789abcdef.ring",
                "other.0123456789abcdef.ring",
                "socket.0123456789ABCDEF.ring",
                "socket.0123456789abcdef0.ring",
                "socket.0123456789abcdef.lock",
                "socket.0123456789abc/ef.ring",
                "x\0",
                "."
            })
    void shouldNotLookForAFileThatIsNoRingOfItsListener(final String name) throws IOException {
        makeFile();

        name(name);

        assertEnds(CloseReason.PROTOCOL_ERROR, "ringName=", "limit=a ring of socket");
        assertThat(end.closeDetail()).doesNotContain("\0");
    }

    @Test
    void shouldSayThatTheFileIsNotThere() throws IOException {
        name(NAME);

        assertEnds(CloseReason.PROTOCOL_ERROR, "path=" + ring, "limit=a file that is there");
    }

    @Test
    void shouldNotMapAFileThatIsNotComplete() throws IOException {
        Files.write(ring, new byte[100]);

        name(NAME);

        assertEnds(CloseReason.PROTOCOL_ERROR, "shm fileBytes=100", "path=" + ring);
    }

    @Test
    void shouldNotMapAFileOfAnotherKind() throws IOException {
        Files.write(ring, new byte[5 * RING_BYTES]);

        name(NAME);

        assertEnds(CloseReason.PROTOCOL_ERROR, "shm magic=0", "path=" + ring);
    }

    @Test
    void shouldNotMapAFileThatIsLongerOrShorterThanItsRings() throws IOException {
        makeFile();
        try (FileChannel channel = FileChannel.open(ring, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), channel.size());
        }

        name(NAME);

        assertEnds(CloseReason.PROTOCOL_ERROR, "shm fileBytes=" + (5 * RING_BYTES + 1) + ", limit=" + 5 * RING_BYTES);
    }

    @Test
    void shouldNotFollowALink() throws IOException {
        makeFile();
        final Path target = Files.move(ring, folder.resolve("target"));
        Files.createSymbolicLink(ring, target);

        name(NAME);

        assertEnds(CloseReason.PROTOCOL_ERROR, "shm regular=false");
    }

    @Test
    void shouldNotMapAFileOfAnotherUserThanTheListener() throws IOException {
        makeFile();
        final boolean root = "root".equals(Files.getOwner(ring).getName());
        Assumptions.assumeTrue(root, "only root can give a file away");
        Files.setOwner(
                ring, ring.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

        name(NAME);

        assertEnds(CloseReason.PROTOCOL_ERROR, "shm owner=nobody, limit=root");
    }

    @Test
    void shouldRefuseNegativeMarks() throws IOException {
        makeFile();

        peer.send(RawShmPeer.ring(-1, 1000, NAME));

        assertEnds(CloseReason.PROTOCOL_ERROR, "joinFrameType=33, bytes=36, limit=33");
    }

    @Test
    void shouldRefuseAFrameOfTheOtherEnd() throws IOException {
        peer.send(RawShmPeer.joined(1000, 1000));

        assertEnds(CloseReason.PROTOCOL_ERROR, "joinFrameType=34, bytes=8, limit=33");
    }

    @Test
    void shouldRefuseTwoFiles() throws IOException {
        makeFile();
        final byte[] frame = RawShmPeer.ring(1000, 1000, NAME);

        peer.send(frame, frame);

        assertEnds(CloseReason.PROTOCOL_ERROR, "joinFrameType=33");
    }

    @Test
    void shouldSayWhyTheListenerHasNoFile() throws IOException {
        peer.send(RawShmPeer.frame(ControlFrame.ERROR, new byte[] {'f', 'u', 'l', 'l', '\n'}));

        assertEnds(CloseReason.PROTOCOL_ERROR, "the peer says: full?");
    }

    @Test
    void shouldNoticeThatTheListenerLeaves() throws IOException {
        makeFile();

        peer.close();

        assertEnds(CloseReason.CLOSED_BY_PEER, "before the memory was joined");
    }
}
