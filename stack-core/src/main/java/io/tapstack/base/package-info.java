/**
 * What every layer stands on: the timer wheel, the keyed hash, results of calls and counters.
 *
 * <p>Nothing here knows a protocol. Time is always an argument, in nanoseconds of a monotonic clock
 * that the caller owns; randomness is always handed in as a {@link
 * java.util.random.RandomGenerator}.
 */
@NullMarked
package io.tapstack.base;

import org.jspecify.annotations.NullMarked;
