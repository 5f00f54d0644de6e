package io.sluicemq.core;

/**
 * What a ring that is read in place is to its socket's inlet.
 *
 * @param pipe whose messages are in it.
 * @param connection number of the pipe's connection that they came on.
 */
record DirectSource(Pipe pipe, int connection) {}
