package io.sluicemq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class JsonTest {
    @Test
    void shouldWriteOneLineInTheOrderOfTheCalls() {
        final Json json = new Json()
                .put("b", 1)
                .put("a", "text")
                .putNumber("n", "1.500")
                .put("o", new Json())
                .put("l", List.of(new Json().put("x", -1), new Json()));

        assertThat(json).hasToString("{\"b\":1,\"a\":\"text\",\"n\":1.500,\"o\":{},\"l\":[{\"x\":-1},{}]}");
    }

    @Test
    void shouldEscapeWhatJsonCannotHold() {
        assertThat(new Json().put("k", "a\"b\\c\nd\u0001é")).hasToString("{\"k\":\"a\\\"b\\\\c\\u000ad\\u0001é\"}");
    }
}
