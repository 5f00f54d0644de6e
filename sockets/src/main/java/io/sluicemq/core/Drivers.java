package io.sluicemq.core;

import io.sluicemq.transport.TransportDriver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The transports at work in one agent, each opened when it is first needed. Agent only. */
final class Drivers {
    private final Map<String, TransportDriver> byScheme = new HashMap<>();
    private final List<TransportDriver> all = new ArrayList<>();

    TransportDriver get(final String scheme, final IoAgent agent) {
        TransportDriver driver = byScheme.get(scheme);
        if (driver == null) {
            driver = agent.context().transport(scheme).open(agent);
            byScheme.put(scheme, driver);
            all.add(driver);
        }
        return driver;
    }

    int poll(final long nowNs) {
        int work = 0;
        for (int i = 0; i < all.size(); i++) {
            work += all.get(i).poll(nowNs);
        }
        return work;
    }

    /** Whether any driver looks for input by itself. */
    boolean isPolling() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isPolling()) {
                return true;
            }
        }
        return false;
    }

    void awaitEvents() {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).awaitEvents();
        }
    }

    void close() {
        for (final TransportDriver driver : all) {
            driver.close();
        }
        all.clear();
        byScheme.clear();
    }
}
