package io.sluicemq.journal;

/**
 * The journal cannot go on, or cannot be opened: the disk failed, another process has it, or the files are not its own. The text says
 * what to do. A journal that threw this from an append or a sync takes nothing more; closing and opening it again recovers what
 * is on the disk.
 */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * With a text.
     *
     * @param message what is wrong, where, and what to do.
     */
    public JournalException(final String message) {
        super(message);
    }

    /**
     * With a text and a cause.
     *
     * @param message what is wrong, where, and what to do.
     * @param cause of it.
     */
    public JournalException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
