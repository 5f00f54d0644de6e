package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmFileTest {
    private static final int RING_BYTES = 4096;
    private static final int FILE_BYTES = 5 * 4096;

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void nameTheFile() {
        path = folder.resolve("ring");
    }

    private ShmFile create() throws IOException {
        return ShmFile.create(path, RING_BYTES, RING_BYTES, ShmFile.OWNER_ONLY);
    }

    private UserPrincipal owner() throws IOException {
        return Files.getOwner(folder);
    }

    private void overwrite(final long at, final ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(bytes, at);
        }
    }

    @Test
    void shouldCarryMessagesBothWaysBetweenTwoMappings() throws IOException {
        final ShmFile here = ShmFile.create(path, RING_BYTES, 4 * RING_BYTES, ShmFile.OWNER_ONLY);
        final ShmFile there = ShmFile.open(path, owner());
        here.deleteName();
        final BufferPool pool = new BufferPool(0);

        for (int direction = 0; direction < 2; direction++) {
            final RingPair told = new RingPair();
            final ShmWriter writer = new ShmWriter(
                    (direction == 0 ? here : there).ring(direction), 0, false, () -> {}, told.writerBroken::add);
            final RecordReader reader = new RecordReader(
                    (direction == 0 ? there : here).ring(direction),
                    new ReadLimits(RingPair.TAG, 0, -1, 1),
                    pool,
                    () -> {});
            writer.offer(null, MessageKind.SINGLE, RingPair.bytes(9, 9), 0, 9);

            assertThat(reader.read(told, 10)).isEqualTo(1);
            assertThat(told.received).containsExactly(RingPair.sent(9));
        }

        assertThat(here.ring(1).capacity()).isEqualTo(there.ring(1).capacity()).isEqualTo(5 * RING_BYTES);
        assertThat(path).doesNotExist();
        here.unmap();
        here.unmap();
        there.unmap();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-rw----", "rw-rw-rw-"})
    void shouldHaveThePermissionsThatWereAskedForWhateverTheUmask(final String text) throws IOException {
        final Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(text);

        final ShmFile file = ShmFile.create(path, RING_BYTES, RING_BYTES, permissions);

        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(permissions);
        file.unmap();
    }

    @Test
    void shouldNotCreateOverAFileThatExistsNorTouchIt() throws IOException {
        Files.writeString(path, "mine");

        assertThatThrownBy(this::create).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(path).hasContent("mine");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2048, 5000, -4096})
    void shouldRefuseARingSizeThatIsNoPowerOfTwoInTheLimits(final int ringBytes) {
        assertThatThrownBy(() -> ShmFile.create(path, ringBytes, RING_BYTES, ShmFile.OWNER_ONLY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ringBytes=" + ringBytes + ", limit=4096..1073741824, use a power of two");

        assertThat(path).doesNotExist();
    }

    @Test
    void shouldWriteEveryByteBeforeItIsMapped() throws IOException {
        final long[] written = new long[1];
        final ShmFile file =
                ShmFile.create(path, new int[] {RING_BYTES, RING_BYTES}, ShmFile.OWNER_ONLY, (to, bytes) -> {
                    ShmFile.fill(to, bytes);
                    written[0] = ((FileChannel) to).size();
                });

        assertThat(written[0]).isEqualTo(FILE_BYTES);
        file.unmap();
    }

    @Test
    void shouldSayWhatToDoAndLeaveNoFileWhenWritingFails() {
        assertThatThrownBy(() -> ShmFile.create(
                        path, new int[] {RING_BYTES, RING_BYTES}, ShmFile.OWNER_ONLY, (channel, bytes) -> {
                            ShmFile.fill(channel, bytes / 2);
                            throw new IOException("No space left on device");
                        }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shm fileBytes=" + FILE_BYTES + ", limit=")
                .hasMessageContaining("make room there or use smaller rings: No space left on device");

        assertThat(path).doesNotExist();
    }

    @Test
    void shouldFillThroughWritesThatTakeOnlyAPart() throws IOException {
        final long[] taken = new long[1];
        final WritableByteChannel slow = channel(1000, taken);

        ShmFile.fill(slow, 100_001);

        assertThat(taken[0]).isEqualTo(100_001);
    }

    @Test
    void shouldFailWhenNothingMoreCanBeWritten() {
        assertThatThrownBy(() -> ShmFile.fill(channel(0, new long[1]), 10))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leftBytes=10");
    }

    private static WritableByteChannel channel(final int mostAtOnce, final long[] taken) {
        return new WritableByteChannel() {
            @Override
            public int write(final ByteBuffer source) {
                final int some = Math.min(mostAtOnce, source.remaining());
                source.position(source.position() + some);
                taken[0] += some;
                return some;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void shouldFailToCreateWhereMemoryIsShortAndLeaveNoFile() throws Exception {
        final Path mount = Files.createDirectory(folder.resolve("small"));
        final boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "none", mount.toString()) == 0;
        assumeTrue(mounted, "a small tmpfs cannot be mounted: not root, or not on Linux");
        try {
            final Path tooLarge = mount.resolve("ring");

            assertThatThrownBy(() -> ShmFile.create(tooLarge, 1 << 20, 1 << 20, ShmFile.OWNER_ONLY))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("shm fileBytes=" + (2 * (1 << 20) + 3 * 4096))
                    .hasMessageContaining("path=" + tooLarge);

            assertThat(tooLarge).doesNotExist();
            ShmFile.create(tooLarge, RING_BYTES, RING_BYTES, ShmFile.OWNER_ONLY).unmap();
        } finally {
            assertThat(run("umount", "-l", mount.toString())).isZero();
        }
    }

    private static int run(final String... command) throws InterruptedException {
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (final IOException e) {
            return -1;
        }
    }

    @Test
    void shouldRefuseAFileOfAnotherOwner() throws IOException {
        create().unmap();
        final UserPrincipal other = new UserPrincipal() {
            @Override
            public String getName() {
                return "other";
            }
        };

        assertThatThrownBy(() -> ShmFile.open(path, other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shm owner=" + owner());
    }

    @Test
    void shouldRefuseALinkAndAFolder() throws IOException {
        create().unmap();
        final Path link = Files.createSymbolicLink(folder.resolve("link"), path);

        assertThatThrownBy(() -> ShmFile.open(link, owner())).hasMessageContaining("shm regular=false");
        assertThatThrownBy(() -> ShmFile.open(folder, owner())).hasMessageContaining("shm regular=false");
    }

    @Test
    void shouldRefuseAFileThatIsNotComplete() throws IOException {
        Files.write(path, new byte[100]);
        assertThatThrownBy(() -> ShmFile.open(path, owner())).hasMessageContaining("shm fileBytes=100, limit=at least");

        Files.write(path, new byte[FILE_BYTES]);
        assertThatThrownBy(() -> ShmFile.open(path, owner())).hasMessageContaining("shm magic=0, limit=");
    }

    @ParameterizedTest
    @CsvSource({
        ShmFile.MAGIC_AT + ",magic=",
        ShmFile.BYTE_ORDER_AT + ",byteOrder=",
        ShmFile.VERSION_AT + ",version=",
        ShmFile.RING_BYTES_AT + ",ringBytes=",
        ShmFile.RING_BYTES_AT + 4 + ",ringBytes="
    })
    void shouldRefuseAHeaderWithAWrongField(final int at, final String text) throws IOException {
        create().unmap();
        overwrite(at, ByteBuffer.wrap(new byte[] {-2, -2, -2, -2}));

        assertThatThrownBy(() -> ShmFile.open(path, owner()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("shm " + text)
                .hasMessageContaining("limit=")
                .hasMessageContaining("path=" + path);
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, FILE_BYTES - 1, FILE_BYTES + 1})
    void shouldRefuseAFileWhoseSizeIsNotThatOfItsRings(final int bytes) throws IOException {
        create().unmap();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
            if (bytes > FILE_BYTES) {
                channel.write(ByteBuffer.allocate(1), bytes - 1L);
            }
        }

        assertThatThrownBy(() -> ShmFile.open(path, owner()))
                .hasMessageContaining("shm fileBytes=" + bytes + ", limit=" + FILE_BYTES);
    }
}
