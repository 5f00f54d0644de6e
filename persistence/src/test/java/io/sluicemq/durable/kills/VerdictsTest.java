package io.sluicemq.durable.kills;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.kills.Event.Phase;
import io.sluicemq.durable.kills.Verdicts.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judge of the kill tests finds each thing that can be wrong, where a history has it once, and nothing where it has not. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class VerdictsTest {
    private static final int MESSAGES = 20;
    private static final int BROKEN = 10;

    /** A history that grows in time. */
    private static final class Story {
        private final List<Event> events = new ArrayList<>();
        private String subscriber = "subscriber-1";

        Story add(final Phase phase, final String op, final long id, final String rest) {
            final String process = Event.PUBLISH.equals(op) ? "publisher-0" : subscriber;
            events.add(new Event(events.size(), process, phase, op, id, rest));
            return this;
        }

        Story publish(final long id) {
            return add(Phase.INVOKE, Event.PUBLISH, id, "").add(Phase.OK, Event.PUBLISH, id, "1:" + id);
        }

        Story receive(final long id, final String mark) {
            return add(Phase.OK, Event.RECEIVE, id, mark + " 1:" + id + " EXACTLY_ONCE");
        }

        Story acknowledge(final long id) {
            return add(Phase.INVOKE, Event.ACKNOWLEDGE, id, "").add(Phase.OK, Event.ACKNOWLEDGE, id, "");
        }

        Story whole(final long id) {
            return publish(id).receive(id, "first").acknowledge(id);
        }

        Story die() {
            add(Phase.INFO, Event.DIED, Event.NO_ID, "");
            subscriber = "subscriber-2";
            return add(Phase.INFO, Event.CONNECTED, Event.NO_ID, "");
        }
    }

    /** A life before, something in the middle, and a life after. */
    private static Verdicts judge(final Consumer<Story> middle) {
        final Story story = new Story();
        story.add(Phase.INFO, Event.CONNECTED, Event.NO_ID, "");
        for (long id = 0; id < BROKEN; id++) {
            story.whole(id);
        }
        middle.accept(story);
        for (long id = BROKEN + 2; id < MESSAGES; id++) {
            story.whole(id);
        }
        return Verdicts.of(story.events, 1);
    }

    private static void tell(final Story story, final Verdict verdict) {
        switch (verdict) {
            case LOST -> story.publish(BROKEN);
            case DUPLICATED -> story.publish(BROKEN).receive(BROKEN, "first").receive(BROKEN, "marked");
            case PHANTOM -> story.receive(BROKEN, "first");
            case REORDERED ->
                story.publish(BROKEN)
                        .publish(BROKEN + 1)
                        .receive(BROKEN + 1, "first")
                        .receive(BROKEN, "first");
            case UNMARKED ->
                story.publish(BROKEN).receive(BROKEN, "first").die().receive(BROKEN, "first");
            case FALSELY_MARKED -> story.die().publish(BROKEN).receive(BROKEN, "marked");
            case AFTER_ACKNOWLEDGEMENT -> story.whole(BROKEN).die().receive(BROKEN, "marked");
            case FALSELY_PROCESSED ->
                story.publish(BROKEN).receive(BROKEN, "first").add(Phase.OK, Event.PROCESSED, BROKEN, "");
            case FAILED ->
                story.add(Phase.INVOKE, Event.PUBLISH, BROKEN, "").add(Phase.FAIL, Event.PUBLISH, BROKEN, "");
            default -> throw new AssertionError(verdict);
        }
    }

    @ParameterizedTest
    @EnumSource(Verdict.class)
    void shouldFindTheOneThingThatIsWrong(final Verdict wrong) {
        final Verdicts verdicts = judge(story -> tell(story, wrong));

        for (final Verdict each : Verdict.values()) {
            assertThat(verdicts.ids(each)).as("%s", each).hasSize(each == wrong ? 1 : 0);
        }
        assertThat(verdicts.text()).contains(wrong + "=1 such as [" + BROKEN + "]");
    }

    @Test
    void shouldFindAMessageUnderTwoNames() {
        final Verdicts verdicts = judge(story -> story.publish(BROKEN)
                .receive(BROKEN, "first")
                .die()
                .add(Phase.OK, Event.RECEIVE, BROKEN, "marked 1:99 EXACTLY_ONCE"));

        assertThat(verdicts.text()).isEqualTo("DUPLICATED=1 such as [" + BROKEN + "]");
    }

    @Test
    void shouldFindNothingWhereADeathExplainsAll() {
        final Verdicts verdicts = judge(story -> story.add(Phase.INVOKE, Event.PUBLISH, BROKEN, "")
                .receive(BROKEN, "first")
                .add(Phase.INVOKE, Event.ACKNOWLEDGE, BROKEN, "")
                .publish(BROKEN + 1)
                .die()
                .add(Phase.INFO, Event.ACKNOWLEDGE, BROKEN, "")
                .receive(BROKEN, "marked")
                .receive(BROKEN + 1, "marked"));

        assertThat(verdicts.text()).isEmpty();
        assertThat(verdicts.again()).isEqualTo(1);
        assertThat(verdicts.recovered()).isEqualTo(1);
        assertThat(verdicts.received()).isEqualTo(MESSAGES);
    }
}
