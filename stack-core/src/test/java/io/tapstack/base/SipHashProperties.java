package io.tapstack.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The keyed hash against the textbook's byte-wise SipHash-2-4 and its published vectors. */
class SipHashProperties {
  /** The key of the paper's appendix A: bytes 0 to 15. */
  private static final long KEY_0 = 0x0706050403020100L;

  private static final long KEY_1 = 0x0f0e0d0c0b0a0908L;

  @Property(edgeCases = EdgeCasesMode.NONE)
  void isSipHashOfTheSameFortyBytes(
      @ForAll long key0,
      @ForAll long key1,
      @ForAll long w0,
      @ForAll long w1,
      @ForAll long w2,
      @ForAll long w3,
      @ForAll long w4) {
    byte[] message =
        ByteBuffer.allocate(40)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(w0)
            .putLong(w1)
            .putLong(w2)
            .putLong(w3)
            .putLong(w4)
            .array();
    assertThat(new SipHash(key0, key1).hash(w0, w1, w2, w3, w4))
        .isEqualTo(textbook(key0, key1, message));
  }

  @Example
  void theTextbookAgreesWithThePublishedVectors() {
    byte[] message = new byte[15];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) i;
    }
    // Aumasson and Bernstein, appendix A.
    assertThat(textbook(KEY_0, KEY_1, message)).isEqualTo(0xa129ca6149be45e5L);
    // vectors.h of the reference implementation: the empty message.
    assertThat(textbook(KEY_0, KEY_1, new byte[0])).isEqualTo(0x726fdb47dd0e0e31L);
  }

  @Example
  void randomKeysDiffer() {
    Random random = new Random(1);
    assertThat(SipHash.withRandomKey(random).hash(1, 2, 3, 4, 5))
        .isNotEqualTo(SipHash.withRandomKey(random).hash(1, 2, 3, 4, 5));
  }

  /** Section 2 of the paper, byte by byte. */
  private static long textbook(long key0, long key1, byte[] message) {
    long[] v = {
      key0 ^ 0x736f6d6570736575L,
      key1 ^ 0x646f72616e646f6dL,
      key0 ^ 0x6c7967656e657261L,
      key1 ^ 0x7465646279746573L
    };
    int words = message.length / 8 + 1;
    for (int i = 0; i < words; i++) {
      long word = 0;
      for (int b = 0; b < 8; b++) {
        int at = 8 * i + b;
        long octet =
            at < message.length ? message[at] & 0xff : at == 8 * words - 1 ? message.length : 0;
        word |= (octet & 0xff) << (8 * b);
      }
      v[3] ^= word;
      rounds(v, 2);
      v[0] ^= word;
    }
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static void rounds(long[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[0] += v[1];
      v[2] += v[3];
      v[1] = Long.rotateLeft(v[1], 13);
      v[3] = Long.rotateLeft(v[3], 16);
      v[1] ^= v[0];
      v[3] ^= v[2];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[1];
      v[0] += v[3];
      v[1] = Long.rotateLeft(v[1], 17);
      v[3] = Long.rotateLeft(v[3], 21);
      v[1] ^= v[2];
      v[3] ^= v[0];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }
}
