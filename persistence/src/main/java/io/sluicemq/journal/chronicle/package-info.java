/**
 * The writing end of a Chronicle Queue, and nothing else: the only package that sees its classes. Not for applications.
 *
 * <p>Called by: the journal's thread.
 *
 * <p>Must not know: what an excerpt holds, how segments are read, kept or deleted.
 */
package io.sluicemq.journal.chronicle;
