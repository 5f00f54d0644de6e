package io.sluicemq.durable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A name and a value that come beside the payload of a message, see {@link PublishOptions.Builder#header}. Immutable. */
public final class MessageHeader {
    private final String name;
    private final byte[] value;

    MessageHeader(final String name, final byte[] value) {
        this.name = name;
        this.value = value;
    }

    /**
     * What the publisher calls it; several headers of a message may have one name.
     *
     * @return the name.
     */
    public String name() {
        return name;
    }

    /**
     * The value as bytes.
     *
     * @return a copy.
     */
    public byte[] value() {
        return value.clone();
    }

    /**
     * The value as a text.
     *
     * @return a new object, of what is taken for UTF-8.
     */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof MessageHeader header && name.equals(header.name) && Arrays.equals(value, header.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, Arrays.hashCode(value));
    }

    @Override
    public String toString() {
        return name + " valueBytes=" + value.length;
    }
}
