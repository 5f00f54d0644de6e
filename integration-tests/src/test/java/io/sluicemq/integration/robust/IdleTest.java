package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sockets cost that have nothing to do. */
@Timeout(90)
class IdleTest {
    private static final Pattern PERCENT = Pattern.compile("percent of a core: ([0-9.]+)");
    private static final double LIMIT_PERCENT = 1;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"unused", "blocked"})
    void shouldUseNearlyNoCpuWhenIdle(final String receivers) throws IOException, InterruptedException {
        final String seconds = Integer.toString(Tier.count(5, 10));

        final ChildJvm.Result result = ChildJvm.run(
                folder,
                Duration.ofSeconds(60),
                ChildJvm.CLASS_PATH_FLAG,
                "-Duser.language=en",
                "-cp",
                ChildJvm.testPath(),
                IdleProgram.class.getName(),
                seconds,
                receivers);

        final Matcher percent = PERCENT.matcher(result.output());
        assertThat(percent.find()).as(result.output()).isTrue();
        System.out.println("idle, receivers " + receivers + ": " + percent.group());
        assertThat(Double.parseDouble(percent.group(1))).isLessThan(LIMIT_PERCENT);
    }
}
