package io.sluicemq.cli;

/**
 * How a message is written on a line.
 *
 * @param frames whether a TAB parts the frames of a message; without, a line is one frame.
 * @param hex whether frames are written in hexadecimal digits.
 * @param routingIds whether the first frame is a routing id.
 */
record LineLayout(boolean frames, boolean hex, boolean routingIds) {}
