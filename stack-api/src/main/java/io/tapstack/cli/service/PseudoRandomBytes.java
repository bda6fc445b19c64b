package io.tapstack.cli.service;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The bytes that {@code /bytes/N} serves: an endless sequence that looks random, is the same on
 * every machine, and costs next to nothing to make.
 *
 * <p>It is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * 2014) from the seed 0x746170737461636b, "tapstack" in ASCII. With all arithmetic modulo 2^64,
 * word {@code i}, counted from 0, is
 *
 * <pre>
 * z = seed + (i + 1) * 0x9e3779b97f4a7c15
 * z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9
 * z = (z ^ (z >>> 27)) * 0x94d049bb133111eb
 * z =  z ^ (z >>> 31)
 * </pre>
 *
 * and byte {@code n} of the sequence is byte {@code n mod 8}, least significant first, of word
 * {@code n / 8}. So {@code /bytes/N} is a prefix of {@code /bytes/M} for every M above N.
 *
 * <p>Thread: one at a time.
 */
public final class PseudoRandomBytes {
  /** "tapstack" in ASCII. */
  public static final long SEED = 0x746170737461636bL;

  private static final long GAMMA = 0x9e3779b97f4a7c15L;
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private long position;

  /** Starts at the first byte. */
  public PseudoRandomBytes() {}

  /** Writes the next {@code length} bytes of the sequence. */
  public void fill(byte[] to, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, to.length);
    int at = offset;
    int end = offset + length;
    while (at < end && (position & 7) != 0) {
      to[at++] = byteAt(position++);
    }
    long state = SEED + (position >>> 3) * GAMMA;
    int words = at + (end - at & ~7);
    position += words - at;
    for (; at < words; at += 8) {
      state += GAMMA;
      WORDS.set(to, at, mix(state));
    }
    while (at < end) {
      to[at++] = byteAt(position++);
    }
  }

  private static byte byteAt(long position) {
    long word = mix(SEED + ((position >>> 3) + 1) * GAMMA);
    return (byte) (word >>> ((position & 7) << 3));
  }

  private static long mix(long state) {
    long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
