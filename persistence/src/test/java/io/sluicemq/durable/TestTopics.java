package io.sluicemq.durable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Topics and filters for tests, and a slow matcher that has nothing in common with the real one. */
public final class TestTopics {
    private static final int ODD_OFFSET = 3;
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private TestTopics() {}

    /** The bytes of a text in a buffer of their length. */
    public static DirectBuffer buffer(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a filter without $share is for a topic, by way of a regular expression. */
    public static boolean naiveMatch(final String filter, final String topic) {
        return !(topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#")))
                && PATTERNS.computeIfAbsent(filter, TestTopics::naivePattern)
                        .matcher(topic)
                        .matches();
    }

    private static Pattern naivePattern(final String filter) {
        final StringBuilder pattern = new StringBuilder();
        final String[] levels = filter.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            final String slash = i == 0 ? "" : "/";
            if (levels[i].equals("#")) {
                pattern.append(i == 0 ? ".*" : "(/.*)?");
            } else {
                pattern.append(slash).append(levels[i].equals("+") ? "[^/]*" : Pattern.quote(levels[i]));
            }
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL);
    }

    /** Whether a text without $share is a filter. */
    public static boolean naiveIsFilter(final String text) {
        final String[] levels = text.split("/", -1);
        boolean good = !text.isEmpty();
        for (int i = 0; i < levels.length; i++) {
            final boolean wild = levels[i].contains("+") || levels[i].contains("#");
            final boolean alone = levels[i].equals("+") || (levels[i].equals("#") && i == levels.length - 1);
            good &= !wild || alone;
        }
        return good;
    }

    /** Matches by text and by bytes, at the start of a buffer and in the middle of one; all must say the same. */
    public static boolean matches(final TopicFilter filter, final String topic) {
        final byte[] bytes = topic.getBytes(StandardCharsets.UTF_8);
        final byte[] surrounded = "///".concat(topic).concat("/b").getBytes(StandardCharsets.UTF_8);
        final boolean byText = filter.matches(topic);
        final boolean byBytes = filter.matches(new UnsafeBuffer(bytes), 0, bytes.length);
        final boolean inside = filter.matches(new UnsafeBuffer(surrounded), ODD_OFFSET, bytes.length);
        if (byText != byBytes || byText != inside) {
            throw new AssertionError("filter=" + filter + " topic=" + topic + " byText=" + byText + " byBytes="
                    + byBytes + " inside=" + inside);
        }
        return byText;
    }

    /** All texts of one to {@code maxLevels} levels, each level one of these. */
    public static List<String> all(final int maxLevels, final String... levels) {
        final List<String> texts = new ArrayList<>();
        List<String> longest = List.of(levels);
        for (int i = 1; i <= maxLevels; i++) {
            texts.addAll(longest);
            final List<String> longer = new ArrayList<>();
            for (final String text : longest) {
                for (final String level : levels) {
                    longer.add(text + "/" + level);
                }
            }
            longest = longer;
        }
        return texts;
    }

    /** A random text of levels, never empty. */
    public static String random(final Random random, final int maxLevels, final String... levels) {
        final StringBuilder text = new StringBuilder();
        do {
            text.setLength(0);
            final int count = 1 + random.nextInt(maxLevels);
            for (int i = 0; i < count; i++) {
                text.append(i == 0 ? "" : "/").append(levels[random.nextInt(levels.length)]);
            }
        } while (text.length() == 0);
        return text.toString();
    }

    /** A random filter, valid. */
    public static String randomFilter(final Random random, final int maxLevels, final String... levels) {
        String filter;
        do {
            filter = random(random, maxLevels, levels);
        } while (!naiveIsFilter(filter));
        return filter;
    }

    /** The seed of a random test, printed. */
    public static long seed(final Class<?> test) {
        final String given = System.getProperty("sluicemq.seed", "");
        final long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.err.println(test.getSimpleName() + " -Dsluicemq.seed=" + seed);
        return seed;
    }
}
