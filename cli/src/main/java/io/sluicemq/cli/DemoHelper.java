package io.sluicemq.cli;

import java.util.concurrent.CompletableFuture;

/** Where roles of the demo run. Any thread. */
interface DemoHelper extends AutoCloseable {
    /** Starts a role; its outcome comes later. */
    CompletableFuture<String> start(String... words);

    /** What a user would call it. */
    String place();

    @Override
    void close();
}
