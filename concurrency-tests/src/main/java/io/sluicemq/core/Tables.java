package io.sluicemq.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A look into the subscriptions or the routing table while they change sees before or after, never a mixture. */
public final class Tables {
    private static final UnsafeBuffer A = bytes("a");
    private static final UnsafeBuffer AB = bytes("ab");
    private static final UnsafeBuffer ABC = bytes("abc");
    private static final UnsafeBuffer ABD = bytes("abd");

    private Tables() {}

    private static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Slots that match as bits. */
    private static int match(final SubscriptionTrie trie, final UnsafeBuffer topic) {
        final Matches matches = new Matches();
        trie.match(topic, 0, topic.capacity(), matches);
        int bits = 0;
        for (int i = 0; i < matches.count(); i++) {
            bits |= 1 << matches.slot(i);
        }
        return bits;
    }

    private static void add(final SubscriptionTrie trie, final UnsafeBuffer prefix, final int slot) {
        trie.add(prefix, 0, prefix.capacity(), slot);
    }

    /** Splits and joins nodes. */
    @JCStressTest
    @Description("subscribe(ab, 2) and cancel against two matches of abc, which 0 has always; results: bits of slots")
    @Outcome(
            id = {"1, 1", "1, 5", "5, 1", "5, 5"},
            expect = ACCEPTABLE,
            desc = "The old subscriber always, the new one before, during or after its time.")
    @Outcome(expect = FORBIDDEN, desc = "A subscriber that never left was not seen, or one that never came.")
    @State
    public static class SubscribeAndCancel {
        private final SubscriptionTrie trie = new SubscriptionTrie(1 << 20);

        /** Two prefixes that share their beginning. */
        public SubscribeAndCancel() {
            add(trie, ABC, 0);
            add(trie, ABD, 1);
        }

        /** Changes. */
        @Actor
        public void writer() {
            add(trie, AB, 2);
            trie.cancel(AB, 0, AB.capacity(), 2);
        }

        /** Publishes. */
        @Actor
        public void publisher(final II_Result r) {
            r.r1 = match(trie, ABC);
            r.r2 = match(trie, ABC);
        }
    }

    /** Order of changes. */
    @JCStressTest
    @Description("subscribe(a, 0) then subscribe(abc, 1) against a match of abc; result: bits of slots")
    @Outcome(
            id = {"0", "1", "3"},
            expect = ACCEPTABLE,
            desc = "None, the first, or both.")
    @Outcome(expect = FORBIDDEN, desc = "The second without the first.")
    @State
    public static class SubscribeInOrder {
        private final SubscriptionTrie trie = new SubscriptionTrie(1 << 20);

        /** Changes. */
        @Actor
        public void writer() {
            add(trie, A, 0);
            add(trie, ABC, 1);
        }

        /** Publishes. */
        @Actor
        public void publisher(final I_Result r) {
            r.r1 = match(trie, ABC);
        }
    }

    /** A subscriber leaves. */
    @JCStressTest
    @Description("removeAll(0) against a match of abc, which 0 and 1 have; result: bits of slots")
    @Outcome(
            id = {"3", "2"},
            expect = ACCEPTABLE,
            desc = "Both, or the one that stays.")
    @Outcome(expect = FORBIDDEN, desc = "The one that stays was not seen.")
    @State
    public static class SubscriberLeaves {
        private final SubscriptionTrie trie = new SubscriptionTrie(1 << 20);

        /** Both have several. */
        public SubscriberLeaves() {
            add(trie, A, 0);
            add(trie, ABC, 0);
            add(trie, ABC, 1);
            add(trie, ABD, 1);
        }

        /** Changes. */
        @Actor
        public void writer() {
            trie.removeAll(0, prefix -> {});
        }

        /** Publishes. */
        @Actor
        public void publisher(final I_Result r) {
            r.r1 = match(trie, ABC);
        }
    }

    private static String get(final RoutingTable<String> table, final UnsafeBuffer id) {
        return table.get(id, 0, id.capacity());
    }

    private static int digit(final String value) {
        return value == null ? 0 : Integer.parseInt(value);
    }

    /** Hand-over. */
    @JCStressTest
    @Description("replace(a, 1 to 2) and a late remove by 1 against two gets; results: who has the id")
    @Outcome(
            id = {"1, 1", "1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "The former peer, then the new one, without a gap.")
    @Outcome(expect = FORBIDDEN, desc = "The id was missed, or went back.")
    @State
    public static class Handover {
        private final RoutingTable<String> table = new RoutingTable<>();

        /** Taken. */
        public Handover() {
            table.putIfAbsent(A, 0, A.capacity(), "1");
        }

        /** Changes. */
        @Actor
        public void writer() {
            table.replace(A, 0, A.capacity(), "2");
            table.remove(A, 0, A.capacity(), "1");
        }

        /** Sends. */
        @Actor
        public void sender(final II_Result r) {
            r.r1 = digit(get(table, A));
            r.r2 = digit(get(table, A));
        }
    }

    /** Growth. */
    @JCStressTest
    @Description("Puts that make the table grow against gets; results: an old id, the one that is put last")
    @Outcome(
            id = {"1, 0", "1, 2"},
            expect = ACCEPTABLE,
            desc = "The old id always, the new one from some moment on.")
    @Outcome(expect = FORBIDDEN, desc = "The old id was missed while the table grew.")
    @State
    public static class Growth {
        private final RoutingTable<String> table = new RoutingTable<>();

        /** Half full. */
        public Growth() {
            table.putIfAbsent(A, 0, A.capacity(), "1");
            for (int i = 0; i < 3; i++) {
                table.putIfAbsent(ABCD, i, 1, "9");
            }
        }

        private static final UnsafeBuffer ABCD = bytes("bcdefgh");

        /** Changes. */
        @Actor
        public void writer() {
            table.putIfAbsent(ABCD, 3, 1, "9");
            table.putIfAbsent(ABCD, 4, 1, "9");
            table.putIfAbsent(AB, 0, AB.capacity(), "2");
        }

        /** Sends. */
        @Actor
        public void sender(final II_Result r) {
            r.r2 = digit(get(table, AB));
            r.r1 = digit(get(table, A));
        }
    }

    /** Put and remove. */
    @JCStressTest
    @Description("put, remove, put of one id against two gets; results: who has the id")
    @Outcome(
            id = {"0, 0", "0, 1", "0, 2", "1, 1", "1, 0", "1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Nobody, the first, nobody again, the second: in this order.")
    @Outcome(expect = FORBIDDEN, desc = "Back in time.")
    @State
    public static class PutRemovePut {
        private final RoutingTable<String> table = new RoutingTable<>();

        /** Changes. */
        @Actor
        public void writer() {
            table.putIfAbsent(A, 0, A.capacity(), "1");
            table.remove(A, 0, A.capacity(), "1");
            table.putIfAbsent(A, 0, A.capacity(), "2");
        }

        /** Sends. */
        @Actor
        public void sender(final II_Result r) {
            r.r1 = digit(get(table, A));
            r.r2 = digit(get(table, A));
        }
    }
}
