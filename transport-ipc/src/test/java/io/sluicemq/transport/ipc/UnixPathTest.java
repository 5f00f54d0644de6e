package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.Endpoint;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class UnixPathTest {
    private static UnixPath parse(final String address) {
        return UnixPath.parse(new Endpoint("ipc", address));
    }

    @Test
    void shouldReadAllFormsOfTheGrammar() {
        assertThat(parse("/run/orders").path()).isEqualTo(Path.of("/run/orders"));
        assertThat(parse("run/orders").path()).isEqualTo(Path.of("run/orders"));
        assertThat(parse("orders").path()).isEqualTo(Path.of("orders"));
        assertThat(parse("**").path()).isEqualTo(Path.of("**"));
        assertThat(parse("*").isWildcard()).isTrue();
    }

    @Test
    void shouldSayWhyAnAbstractNameIsRefused() {
        assertThatThrownBy(() -> parse("@orders"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint=ipc://@orders, limit=a path in the file system, as the JDK cannot use"
                        + " abstract names, write ipc:///absolute/path");
    }

    @Test
    void shouldRefuseWhatNamesNoFile() {
        assertThatThrownBy(() -> parse("")).hasMessageContaining("limit=a path that names a file");
        assertThatThrownBy(() -> parse("/tmp/")).hasMessageContaining("limit=a path that names a file");
        assertThatThrownBy(() -> parse("a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=a path that this system can write");
    }

    @Test
    void shouldCountThePathInBytes() {
        final String longest = "/" + "x".repeat(102);

        assertThat(parse(longest).path()).isEqualTo(Path.of(longest));
        assertThatThrownBy(() -> parse("/" + "x".repeat(107)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(", pathBytes=108, limit=10")
                .hasMessageContaining("choose a shorter path");
    }

    @Test
    void shouldRefuseToConnectToTheWildcard() {
        assertThatThrownBy(() -> UnixPath.parseRemote(new Endpoint("shm", "*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "endpoint=shm://*, limit=a path to connect to, write shm://name, " + "shm:///absolute/path");
    }

    @Test
    void shouldSayHowLongANameOfSharedMemoryMayBe() {
        assertThatThrownBy(() -> ShmAddress.parse(new Endpoint("shm", "x".repeat(200))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint=shm://xxx")
                .hasMessageMatching(".*, pathBytes=2\\d\\d, limit=10[37], choose a shorter name");
    }
}
