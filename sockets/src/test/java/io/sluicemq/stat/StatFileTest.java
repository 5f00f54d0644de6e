package io.sluicemq.stat;

import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sluicemq.DropCause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StatFileTest {
    private static final String PID = Long.toString(ProcessHandle.current().pid());

    @TempDir
    private Path temporary;

    @Test
    void shouldShowSocketsToAReader() throws IOException {
        try (StatFile file = StatFile.create(temporary)) {
            final SocketCounters push = file.openSocket(7, "PUSH", List.of("tcp://127.0.0.1:5555"));
            final SocketCounters pub = file.openSocket(3, "PUB", List.of());
            push.addMessagesSent(10);
            push.addMessagesSent(2);
            push.addBytesSent(640);
            pub.addMessagesReceived(5);
            pub.addBytesReceived(50);
            pub.addDropped(DropCause.HIGH_WATER_MARK, 4);
            pub.addDropped(DropCause.IN_FLIGHT_UNKNOWN, 1);
            pub.endpoints(List.of("ipc:///tmp/ä", "tcp://127.0.0.1:1"));

            final StatSnapshot snapshot = StatReader.open(file.path().orElseThrow());

            assertThat(snapshot.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(snapshot.sockets()).extracting(SocketStat::socketId).containsExactly(3L, 7L);
            final SocketStat pubStat = snapshot.sockets().get(0);
            assertThat(pubStat.endpoints()).containsExactly("ipc:///tmp/ä", "tcp://127.0.0.1:1");
            assertThat(pubStat.messagesReceived()).isEqualTo(5);
            assertThat(pubStat.bytesReceived()).isEqualTo(50);
            assertThat(pubStat.dropped()).containsOnlyKeys(DropCause.values());
            assertThat(pubStat.dropped().get(DropCause.HIGH_WATER_MARK)).isEqualTo(4);
            assertThat(pubStat.dropped().get(DropCause.IN_FLIGHT_UNKNOWN)).isEqualTo(1);
            assertThat(pubStat.dropped().get(DropCause.NO_PEER)).isZero();
            final SocketStat pushStat = snapshot.sockets().get(1);
            assertThat(pushStat.socketType()).isEqualTo("PUSH");
            assertThat(pushStat.endpoints()).containsExactly("tcp://127.0.0.1:5555");
            assertThat(pushStat.messagesSent()).isEqualTo(12);
            assertThat(pushStat.bytesSent()).isEqualTo(640);
            assertThat(push.messagesSent()).isEqualTo(12);
        }
    }

    @Test
    void shouldSayThatASocketHasMoreEndpointsThanThereIsRoomFor() throws IOException {
        try (StatFile file = StatFile.create(temporary)) {
            final List<String> endpoints = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                endpoints.add("tcp://127.0.0.1:" + (10_000 + i));
            }
            file.openSocket(1, "DEALER", endpoints);
            file.openSocket(2, "DEALER", List.of("inproc://" + "é".repeat(500), "tcp://127.0.0.1:1"));
            file.openSocket(3, "DEALER", List.of());

            final List<SocketStat> sockets =
                    StatReader.open(file.path().orElseThrow()).sockets();

            final List<String> shown = sockets.get(0).endpoints();
            assertThat(shown).hasSizeBetween(12, 99).endsWith("...");
            assertThat(shown.subList(0, shown.size() - 1)).isEqualTo(endpoints.subList(0, shown.size() - 1));
            assertThat(sockets.get(1).endpoints()).singleElement().asString().startsWith("inproc://ééé");
            assertThat(sockets.get(2).endpoints()).isEmpty();
        }
    }

    @Test
    void shouldShowPeersAndRecycleTheirRecords() throws IOException {
        try (StatFile file = StatFile.create(temporary)) {
            final PeerRecord first = file.openPeer(1, 11);
            final PeerRecord second = file.openPeer(1, 12);
            first.addSent(5);
            first.close();
            first.addSent(99);
            second.describe("PULL", "é".repeat(500));
            second.state(PeerState.READY);
            second.addSent(6);
            second.addReceived(7);
            second.addDropped(8);
            second.queued(9);
            file.openPeer(2, 13);

            final List<PeerStat> peers =
                    StatReader.open(file.path().orElseThrow()).peers();

            final PeerStat recycled = new PeerStat(2, 13, PeerState.CONNECTING, "", "", 0, 0, 0, 0);
            final PeerStat ready = new PeerStat(1, 12, PeerState.READY, "PULL", "é".repeat(91), 6, 7, 8, 9);
            assertThat(peers).containsExactly(recycled, ready);
        }
    }

    @Test
    void shouldGiveAFreshFileToEachContextAndRemoveItAtClose() throws IOException {
        final StatFile first = StatFile.create(temporary);
        final StatFile second = StatFile.create(temporary);
        final Path folder = first.path().orElseThrow().getParent();

        assertThat(first.path().orElseThrow()).hasFileName(PID);
        assertThat(second.path().orElseThrow()).hasFileName(PID + "-1");
        assertThat(folder).hasFileName("sluicemq-" + System.getProperty("user.name"));
        assertThat(permissions(folder)).isEqualTo("rwx------");
        assertThat(permissions(first.path().orElseThrow())).isEqualTo("rw-------");
        assertThat(StatReader.list(temporary))
                .containsExactly(first.path().orElseThrow(), second.path().orElseThrow());
        first.close();
        first.close();
        assertThat(StatReader.list(temporary)).containsExactly(second.path().orElseThrow());
        second.close();
        assertThat(StatReader.list(temporary)).isEmpty();
    }

    @Test
    void shouldTakeLittleOfTheDisk() throws IOException {
        try (StatFile file = StatFile.create(temporary)) {
            final Path path = file.path().orElseThrow();
            final long emptyBytes = allocatedBytes(path);
            for (int i = 0; i < 100; i++) {
                file.openSocket(i, "PUSH", List.of("tcp://127.0.0.1:5555"));
            }

            System.err.println("statistics file: length=" + Files.size(path) + " empty=" + emptyBytes
                    + " with 100 sockets=" + allocatedBytes(path));
            assertThat(emptyBytes).isLessThanOrEqualTo(16 * 1024);
            assertThat(allocatedBytes(path)).isLessThanOrEqualTo(1024 * 1024);
        }
    }

    @Test
    void shouldRemoveFilesOfDeadProcessesOnly() throws Exception {
        final Path folder;
        try (StatFile file = StatFile.create(temporary)) {
            folder = file.path().orElseThrow().getParent();
        }
        final Process dead = new ProcessBuilder("true").start();
        assertThat(dead.waitFor(10, TimeUnit.SECONDS)).isTrue();
        final Path stale = Files.createFile(folder.resolve(Long.toString(dead.pid())));
        final Path live = Files.createFile(folder.resolve("1"));
        final Path foreign = Files.createFile(folder.resolve("notes.txt"));

        try (StatFile file = StatFile.create(temporary)) {
            assertThat(stale).doesNotExist();
            assertThat(live).exists();
            assertThat(foreign).exists();
            assertThat(StatReader.list(temporary))
                    .containsExactly(live, file.path().orElseThrow());
        }
    }

    @Test
    void shouldTakeTheNameOfAFormerProcessWithTheSameId() throws IOException {
        final Path path;
        final byte[] bytes;
        try (StatFile file = StatFile.create(temporary)) {
            path = file.path().orElseThrow();
            bytes = Files.readAllBytes(path);
        }
        bytes[StatLayout.START_OFFSET] ^= 1;
        Files.write(path, bytes);

        try (StatFile file = StatFile.create(temporary)) {
            assertThat(file.path()).contains(path);
        }
    }

    @Test
    void shouldCountInMemoryWhenTheFolderIsNotPrivate() throws IOException {
        final Path folder;
        try (StatFile file = StatFile.create(temporary)) {
            folder = file.path().orElseThrow().getParent();
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        shouldCountWithoutFile();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldCountInMemoryWhenTheFolderIsALink() throws IOException {
        final Path elsewhere = Files.createDirectory(
                temporary.resolve("elsewhere"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createSymbolicLink(temporary.resolve("sluicemq-" + System.getProperty("user.name")), elsewhere);

        shouldCountWithoutFile();
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void shouldCountInMemoryWhenThereIsNoTemporaryFolder() throws IOException {
        Files.delete(temporary);

        shouldCountWithoutFile();
    }

    @Test
    void shouldSurviveAnInterruptedThread() {
        Thread.currentThread().interrupt();

        try (StatFile file = StatFile.create(temporary)) {
            file.openSocket(1, "PUSH", List.of());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.path()).isPresent();
        }
    }

    @Test
    void shouldIgnoreAddsAfterClose() throws IOException {
        final StatFile file = StatFile.create(temporary);
        final SocketCounters early = file.openSocket(1, "PUSH", List.of());
        final SocketCounters late = file.openSocket(2, "PUSH", List.of());
        final PeerRecord peer = file.openPeer(1, 1);
        early.addMessagesSent(5);
        late.addMessagesSent(6);

        early.close();
        early.addMessagesSent(1);
        final SocketCounters next = file.openSocket(3, "PUSH", List.of());
        assertThat(StatReader.open(file.path().orElseThrow()).sockets())
                .extracting(SocketStat::socketId, SocketStat::messagesSent)
                .containsExactly(tuple(2L, 6L), tuple(3L, 0L));
        file.close();
        late.addMessagesSent(1);
        late.endpoints(List.of("tcp://127.0.0.1:1"));
        peer.addSent(1);
        peer.queued(1);
        peer.state(PeerState.READY);
        peer.describe("PULL", "x");
        peer.close();
        next.close();
        late.close();

        assertThat(early.messagesSent()).isEqualTo(5);
        assertThat(late.messagesSent()).isEqualTo(6);
        final SocketCounters after = file.openSocket(4, "PUSH", List.of());
        after.addMessagesSent(8);
        assertThat(after.messagesSent()).isEqualTo(8);
    }

    @Test
    void shouldCountOnBeyondTheRoomOfTheFile() throws IOException {
        try (StatFile file = StatFile.create(temporary)) {
            final List<SocketCounters> sockets = new ArrayList<>();
            for (int i = 0; i <= StatLayout.MAX_SOCKETS + 5; i++) {
                sockets.add(file.openSocket(i, "PUSH", List.of("tcp://127.0.0.1:5555")));
                sockets.get(i).addMessagesSent(i + 1);
            }

            assertThat(sockets.stream().map(SocketCounters::messagesSent).collect(toList()))
                    .endsWith(StatLayout.MAX_SOCKETS + 5L, StatLayout.MAX_SOCKETS + 6L);
            assertThat(StatReader.open(file.path().orElseThrow()).sockets())
                    .hasSizeBetween(StatLayout.MAX_SOCKETS, StatLayout.MAX_SOCKETS + 5);
        }
    }

    private void shouldCountWithoutFile() {
        try (StatFile file = StatFile.create(temporary)) {
            final SocketCounters socket = file.openSocket(1, "PUSH", List.of());
            final PeerRecord peer = file.openPeer(1, 1);
            socket.addMessagesSent(5);
            socket.endpoints(List.of("x"));
            peer.describe("PULL", "x");
            peer.addSent(1);
            peer.close();

            assertThat(file.path()).isEmpty();
            assertThat(socket.messagesSent()).isEqualTo(5);
        }
    }

    private static String permissions(final Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    /** What the file takes of the disk, as `du` tells. */
    private static long allocatedBytes(final Path path) throws IOException {
        final Process du = new ProcessBuilder("du", "--block-size=1", path.toString()).start();
        final String line = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return Long.parseLong(line.substring(0, line.indexOf('\t')));
    }
}
