package io.sluicemq.core;

import static io.sluicemq.core.TestBytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PrefixSetTest {
    private final PrefixSet prefixes = new PrefixSet();

    @Test
    void shouldTakeTwoCancelsForTwoSubscriptions() {
        assertThat(prefixes.add(buffer("A"), 0, 1)).isTrue();
        assertThat(prefixes.add(buffer("A"), 0, 1)).isFalse();

        assertThat(prefixes.remove(buffer("A"), 0, 1)).isEqualTo(SubscriptionTrie.RemoveResult.STILL_SUBSCRIBED);
        assertThat(prefixes.matches(buffer("ALOL"), 0, 4)).isTrue();
        assertThat(prefixes.remove(buffer("A"), 0, 1)).isEqualTo(SubscriptionTrie.RemoveResult.LAST_FOR_ANYONE);
        assertThat(prefixes.matches(buffer("ALOL"), 0, 4)).isFalse();
        assertThat(prefixes.remove(buffer("A"), 0, 1)).isEqualTo(SubscriptionTrie.RemoveResult.NOT_SUBSCRIBED);
    }

    @Test
    void shouldMatchEverythingByTheEmptyPrefixOnly() {
        assertThat(prefixes.matches(buffer(""), 0, 0)).isFalse();

        prefixes.add(buffer(""), 0, 0);

        assertThat(prefixes.matches(buffer(""), 0, 0)).isTrue();
        assertThat(prefixes.matches(buffer("x"), 0, 1)).isTrue();
    }

    @Test
    void shouldVisitEachPrefixOnceForANewPeer() {
        prefixes.add(buffer("A"), 0, 1);
        prefixes.add(buffer("A"), 0, 1);
        prefixes.add(buffer("AB"), 0, 2);
        final List<String> visited = new ArrayList<>();

        prefixes.forEach(prefix -> visited.add(TestBytes.text(prefix)));

        assertThat(visited).containsExactlyInAnyOrder("A", "AB");
        assertThat(prefixes.size()).isEqualTo(2);
    }
}
