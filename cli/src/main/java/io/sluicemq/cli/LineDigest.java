package io.sluicemq.cli;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Count, bytes and SHA-256 of a sequence of lines: equal only if the lines and their order are, byte for byte. */
final class LineDigest {
    private final MessageDigest sha256;
    private final byte[] length = new byte[Integer.BYTES];
    private long lines;
    private long bytes;

    LineDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every JDK", e);
        }
    }

    void add(final byte[] line) {
        ByteBuffer.wrap(length).putInt(line.length);
        sha256.update(length);
        sha256.update(line);
        lines++;
        bytes += line.length;
    }

    /** The outcome; nothing can be added behind it. */
    String text() {
        return lines + " lines, " + bytes + " bytes, SHA-256 "
                + HexFormat.of().formatHex(sha256.digest()).substring(0, 32);
    }
}
