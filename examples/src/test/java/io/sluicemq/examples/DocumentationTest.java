package io.sluicemq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keeps the pages from rotting: code in them is code of the examples, and links lead somewhere. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DocumentationTest {
    @Test
    void shouldShowOnlyCodeThatIsCompiled() throws Exception {
        final List<String> wrong = new ArrayList<>();

        for (final Markdown page : Markdown.all()) {
            wrong.addAll(page.wrongBlocks());
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldLinkOnlyToWhatIsThere() throws Exception {
        final List<String> broken = new ArrayList<>();

        for (final Markdown page : Markdown.all()) {
            broken.addAll(page.brokenLinks());
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void shouldKeepTheProgramOfTheReadmeShort() throws Exception {
        final List<String> program = Markdown.snippet("ReadmeExample", "program");

        assertThat(program).hasSizeBetween(10, 25);
    }
}
