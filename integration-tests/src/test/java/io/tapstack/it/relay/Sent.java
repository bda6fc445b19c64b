package io.tapstack.it.relay;

/**
 * What a sender counted.
 *
 * @param segments with data, retransmissions included
 * @param retransmitted of those
 * @param timeouts retransmission timeouts
 * @param duplicates D-SACKs: retransmissions that were needless
 */
record Sent(long segments, long retransmitted, long timeouts, long duplicates) {}
