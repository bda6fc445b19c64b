package io.tapstack.base;

import java.util.random.RandomGenerator;

/**
 * SipHash-2-4 of whole 64-bit words under a secret 128-bit key: the keyed function behind hash
 * tables that a peer must not be able to overload, initial sequence numbers (RFC 6528 section 3)
 * and timestamp offsets (RFC 7323 section 7.1).
 *
 * <p>After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). Immutable.
 */
public final class SipHash {
  private final long key0;
  private final long key1;

  /** Creates the function with the given key. */
  public SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** Creates the function with a key drawn from the given generator. */
  public static SipHash withRandomKey(RandomGenerator random) {
    return new SipHash(random.nextLong(), random.nextLong());
  }

  /** The hash of five words; callers with less pass zeros, always in the same place. */
  public long hash(long w0, long w1, long w2, long w3, long w4) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    long word = w0;
    for (int i = 0; i < 6; i++) {
      v3 ^= word;
      for (int round = 0; round < 2; round++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
      word =
          switch (i) {
            case 0 -> w1;
            case 1 -> w2;
            case 2 -> w3;
            case 3 -> w4;
            default -> 40L << 56; // the length in bytes, as the last word carries it
          };
    }
    v2 ^= 0xff;
    for (int round = 0; round < 4; round++) {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
