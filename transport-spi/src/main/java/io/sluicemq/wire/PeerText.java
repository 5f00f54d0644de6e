package io.sluicemq.wire;

/** Makes what a peer chose, such as the names of its certificate, safe to put into a log or on a terminal. Any thread. */
public final class PeerText {
    private static final String CUT = "...";

    private PeerText() {}

    /**
     * Shows a text without what could forge a line of a log, or steer a terminal or the direction of writing.
     *
     * @param text shown as its {@code toString}.
     * @param maxChars more than so many characters are cut off, and three dots put in their place.
     * @return the text on one line, each character that is not for people as its number in hexadecimal.
     */
    public static String printable(final Object text, final int maxChars) {
        final String all = String.valueOf(text);
        final StringBuilder shown = new StringBuilder(Math.min(all.length(), maxChars) + CUT.length());
        int at = 0;
        while (at < all.length() && shown.length() < maxChars) {
            final int codePoint = all.codePointAt(at);
            at += Character.charCount(codePoint);
            if (isForPeople(codePoint)) {
                shown.appendCodePoint(codePoint);
            } else {
                shown.append("\\u").append(hex(codePoint));
            }
        }
        return at < all.length() ? shown.append(CUT).toString() : shown.toString();
    }

    private static String hex(final int codePoint) {
        final String digits = Integer.toHexString(codePoint);
        return "0".repeat(Math.max(0, 4 - digits.length())) + digits;
    }

    private static boolean isForPeople(final int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
