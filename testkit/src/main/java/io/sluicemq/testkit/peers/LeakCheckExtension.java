package io.sluicemq.testkit.peers;

import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves threads, descriptors, mapped files or buffers behind. Put
 * {@code @ExtendWith(LeakCheckExtension.class)} on the class; extensions registered after it, {@code @BeforeAll} and
 * {@code @AfterAll} run inside the check. Called by JUnit.
 */
public final class LeakCheckExtension implements BeforeAllCallback, AfterAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeakCheckExtension.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Called by JUnit. */
    public LeakCheckExtension() {}

    @Override
    public void beforeAll(final ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), LeakCheck.start());
    }

    @Override
    public void afterAll(final ExtensionContext context) {
        final LeakCheck check = context.getStore(NAMESPACE).remove(context.getUniqueId(), LeakCheck.class);
        if (check != null) {
            check.verify(LIMIT);
        }
    }
}
