package io.sluicemq.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates and keys of PEM files (RFC 7468). What is wrong is said with its file and line. May block. */
final class Pem {
    private static final long MAX_FILE_BYTES = 4L << 20;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private record Block(String type, int line, ByteBuffer content) {}

    private Pem() {}

    static List<X509Certificate> certificates(final Path file) {
        final List<X509Certificate> found = new ArrayList<>();
        for (final Block block : read(file)) {
            if (block.type().equals(CERTIFICATE)) {
                found.add(certificate(file, block));
            }
        }
        if (found.isEmpty()) {
            throw wrong(file, 1, "no BEGIN CERTIFICATE", "give a PEM file with one certificate at least", null);
        }
        return found;
    }

    private static X509Certificate certificate(final Path file, final Block block) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(block.content().array()));
        } catch (final CertificateException e) {
            throw wrong(file, block.line(), "not a certificate", "give one in X.509", e);
        }
    }

    static PrivateKey privateKey(final Path file) {
        for (final Block block : read(file)) {
            if (block.type().equals(PRIVATE_KEY)) {
                return privateKey(file, block);
            }
            if (block.type().endsWith(PRIVATE_KEY)) {
                throw wrong(
                        file,
                        block.line(),
                        "BEGIN " + block.type(),
                        "convert it to PKCS#8 without a password: openssl pkcs8 -topk8 -nocrypt -in " + file
                                + " -out key.pem",
                        null);
            }
        }
        throw wrong(file, 1, "no BEGIN PRIVATE KEY", "give a PEM file with the private key in PKCS#8", null);
    }

    private static PrivateKey privateKey(final Path file, final Block block) {
        InvalidKeySpecException failure = null;
        for (final String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(block.content().array()));
            } catch (final InvalidKeySpecException e) {
                failure = e;
            } catch (final NoSuchAlgorithmException e) {
                throw wrong(file, block.line(), "key of algorithm " + algorithm, "use another JDK", e);
            }
        }
        throw wrong(file, block.line(), "a key that cannot be read", "give one of RSA, EC or Ed25519", failure);
    }

    private static List<Block> read(final Path file) {
        final List<Block> blocks = new ArrayList<>();
        final List<String> lines = lines(file);
        String type = null;
        int start = 0;
        final StringBuilder base64 = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i).strip();
            if (type == null && line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                type = line.substring(BEGIN.length(), line.length() - DASHES.length());
                start = i + 1;
                base64.setLength(0);
            } else if (type != null && line.equals(END + type + DASHES)) {
                blocks.add(new Block(type, start, decode(file, start, base64.toString())));
                type = null;
            } else if (type != null && line.startsWith(DASHES)) {
                throw wrong(file, i + 1, line, "end the block of line " + start + " with " + END + type + DASHES, null);
            } else if (type != null) {
                base64.append(line);
            }
        }
        if (type != null) {
            throw wrong(file, start, "BEGIN " + type + " without its end", "see whether the file was cut off", null);
        }
        return blocks;
    }

    private static ByteBuffer decode(final Path file, final int line, final String base64) {
        // An old form of encrypted keys has headers, which have colons.
        if (base64.indexOf(':') >= 0) {
            return ByteBuffer.allocate(0);
        }
        try {
            return ByteBuffer.wrap(Base64.getDecoder().decode(base64));
        } catch (final IllegalArgumentException e) {
            throw wrong(file, line, "a block that is not Base64", "see whether the file was changed", e);
        }
    }

    private static List<String> lines(final Path file) {
        try {
            final long bytes = Files.size(file);
            if (bytes > MAX_FILE_BYTES) {
                throw wrong(file, 1, bytes + " bytes", "give a PEM file of at most " + MAX_FILE_BYTES + " bytes", null);
            }
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (final IOException e) {
            throw new IllegalArgumentException(
                    "file=" + file + ", limit=a PEM file that can be read, see its path and permissions: " + e, e);
        }
    }

    private static IllegalArgumentException wrong(
            final Path file, final int line, final String found, final String remedy, final Exception e) {
        return new IllegalArgumentException(
                "file=" + file + ", line=" + line + ", found=" + found + ", limit=PEM, " + remedy, e);
    }
}
