package io.sluicemq.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection that carries bytes, at its barest. */
interface ByteStream extends AutoCloseable {
    /** Reads what is there; -1 at the end. */
    int read(ByteBuffer target) throws IOException;

    /** Writes, perhaps not all. */
    void write(ByteBuffer source) throws IOException;

    @Override
    void close() throws IOException;
}
