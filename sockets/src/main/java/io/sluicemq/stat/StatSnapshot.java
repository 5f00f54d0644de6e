package io.sluicemq.stat;

import java.util.List;

/**
 * What {@link StatReader} saw of one context. Numbers are read one after another while the context runs on.
 *
 * @param pid the process.
 * @param processStartEpochMs when that process started, in milliseconds of the epoch; 0 if it could not tell.
 * @param sockets its open sockets, by rising id.
 * @param peers peers of those sockets.
 */
public record StatSnapshot(long pid, long processStartEpochMs, List<SocketStat> sockets, List<PeerStat> peers) {}
