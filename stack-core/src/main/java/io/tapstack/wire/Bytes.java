package io.tapstack.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes that is compared by content: the payload of the records of this
 * package. For tests, logs and cold paths; the hot path works on buffers.
 */
public final class Bytes {
  /** No bytes at all. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final int PRINTED = 16;

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the given bytes. */
  public static Bytes of(byte... bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /** The UTF-8 bytes of a text. */
  public static Bytes of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of a run of a buffer. */
  public static Bytes copyOf(ByteBuffer buffer, int offset, int length) {
    byte[] copy = new byte[length];
    buffer.get(offset, copy);
    return length == 0 ? EMPTY : new Bytes(copy);
  }

  /** Bytes written in hexadecimal, with or without spaces between them. */
  public static Bytes ofHex(String hex) {
    return of(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /**
   * A run whose bytes tell their place in a stream, so that what arrives elsewhere is noticed.
   *
   * @param position the place of the first byte in the stream
   * @param length how many bytes
   */
  public static Bytes pattern(long position, int length) {
    byte[] made = new byte[length];
    for (int i = 0; i < length; i++) {
      long at = position + i;
      made[i] = (byte) (at ^ at >>> 8 ^ at >>> 16);
    }
    return new Bytes(made);
  }

  /** How many bytes there are. */
  public int length() {
    return bytes.length;
  }

  /** One byte, 0 to 255. */
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  /** The bytes from one index to before another. */
  public Bytes slice(int from, int to) {
    return of(Arrays.copyOfRange(bytes, from, to));
  }

  /** These bytes, then those. */
  public Bytes plus(Bytes more) {
    byte[] joined = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
    System.arraycopy(more.bytes, 0, joined, bytes.length, more.bytes.length);
    return of(joined);
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** Writes the bytes and returns the offset after them. */
  public int write(ByteBuffer target, int offset) {
    target.put(offset, bytes);
    return offset + bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The first bytes in hexadecimal, and how many there are if that is not all. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return bytes.length <= PRINTED
        ? hex.formatHex(bytes)
        : hex.formatHex(bytes, 0, PRINTED) + ".. (" + bytes.length + " bytes)";
  }
}
