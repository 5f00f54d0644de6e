package io.sluicemq.core;

import static io.sluicemq.core.TestBytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RoutingTableTest {
    private final RoutingTable<String> table = new RoutingTable<>();

    @Test
    void shouldFindAPeerByIdAnywhereInABuffer() {
        assertThat(table.putIfAbsent(buffer("..id.."), 2, 2, "peer")).isNull();
        assertThat(table.putIfAbsent(buffer("id"), 0, 2, "late")).isEqualTo("peer");

        assertThat(table.get(buffer("xidx"), 1, 2)).isEqualTo("peer");
        assertThat(table.get(buffer("xidx"), 1, 3)).isNull();
        assertThat(table.get(buffer(""), 0, 0)).isNull();
        assertThat(table.get(new UnsafeBuffer(new byte[256]), 0, 256)).isNull();
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void shouldHandOverAnIdAndProtectItFromItsFormerOwner() {
        final DirectBuffer id = buffer("id");
        assertThat(table.replace(id, 0, 2, "new")).isNull();
        table.putIfAbsent(id, 0, 2, "old");

        assertThat(table.replace(id, 0, 2, "new")).isEqualTo("old");
        assertThat(table.remove(id, 0, 2, "old")).isFalse();
        assertThat(table.get(id, 0, 2)).isEqualTo("new");
        assertThat(table.remove(id, 0, 2, "new")).isTrue();
        assertThat(table.get(id, 0, 2)).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldRefuseIdsOfWrongLength() {
        final DirectBuffer tooLong = new UnsafeBuffer(new byte[256]);

        assertThatThrownBy(() -> table.putIfAbsent(tooLong, 0, 256, "peer"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("routingId.length=256, limit=1..255 bytes");
        assertThatThrownBy(() -> table.putIfAbsent(tooLong, 0, 0, "peer")).isInstanceOf(IllegalArgumentException.class);
        assertThat(table.putIfAbsent(tooLong, 0, 255, "peer")).isNull();
    }

    @Test
    void shouldAgreeWithAHashMap() {
        final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
        System.err.println("RoutingTableTest seed=" + seed);
        final Random random = new Random(seed);
        final Map<String, String> model = new HashMap<>();

        for (int step = 0; step < 200_000; step++) {
            // Few ids at times, many at others, so that removed places are used again and swept out.
            final String id = "id" + random.nextInt((step & 0x8000) == 0 ? 200 : 20_000);
            final DirectBuffer bytes = buffer(id);
            final String value = "v" + step;
            final String before = model.get(id);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    assertThat(table.putIfAbsent(bytes, 0, id.length(), value))
                            .as("seed=%d", seed)
                            .isEqualTo(before);
                    model.putIfAbsent(id, value);
                }
                case 2 -> {
                    assertThat(table.replace(bytes, 0, id.length(), value))
                            .as("seed=%d", seed)
                            .isEqualTo(before);
                    model.replace(id, value);
                }
                case 3 -> {
                    assertThat(table.remove(bytes, 0, id.length(), before))
                            .as("seed=%d", seed)
                            .isEqualTo(before != null);
                    model.remove(id);
                }
                default ->
                    assertThat(table.get(bytes, 0, id.length()))
                            .as("seed=%d", seed)
                            .isEqualTo(before);
            }
            assertThat(table.size()).as("seed=%d", seed).isEqualTo(model.size());
        }

        model.forEach((id, value) -> assertThat(table.get(buffer(id), 0, id.length()))
                .as("seed=%d", seed)
                .isEqualTo(value));
    }

    @Test
    void shouldLookUpWithoutAllocation() {
        final DirectBuffer id = buffer("peer-with-a-longer-id-999");
        for (int i = 0; i < 1_000; i++) {
            final DirectBuffer other = buffer("peer-with-a-longer-id-" + i);
            table.putIfAbsent(other, 0, other.capacity(), "peer");
        }

        final long allocated = TestBytes.allocatedBytes(() -> {
            for (int i = 0; i < 10_000; i++) {
                table.get(id, 0, id.capacity());
                table.get(id, 0, id.capacity() - 3);
            }
        });

        assertThat(allocated).isZero();
    }

    @Test
    void shouldHashAsTheReferenceOfSipHash13() {
        // Key 00 01 .. 0f, message 00 01 .. of the named length: computed with an independent implementation.
        final BytesHash hash = new BytesHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        final byte[] message = new byte[64];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        final DirectBuffer buffer = new UnsafeBuffer(message);

        assertThat(hash.hash64(buffer, 0, 0)).isEqualTo(0xabac0158050fc4dcL);
        assertThat(hash.hash64(buffer, 0, 1)).isEqualTo(0xc9f49bf37d57ca93L);
        assertThat(hash.hash64(buffer, 0, 8)).isEqualTo(0x369095118d299a8eL);
        assertThat(hash.hash64(buffer, 0, 63)).isEqualTo(0x9d199062b7bbb3a8L);
    }
}
