package io.tapstack.it.cli;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The bytes of {@code /bytes/N} computed apart, word by word from their definition; and hashes. */
final class Reference {
  private Reference() {}

  /** The SHA-256 of the first {@code length} pseudo-random bytes. */
  static String hash(long length) {
    MessageDigest digest = sha256();
    byte[] block = new byte[8192];
    long state = 0x746170737461636bL;
    for (long left = length; left > 0; left -= block.length) {
      for (int word = 0; word < block.length; word += 8) {
        state += 0x9e3779b97f4a7c15L;
        long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        for (int i = 0; i < 8; i++) {
          block[word + i] = (byte) (z >>> 8 * i);
        }
      }
      digest.update(block, 0, (int) Math.min(block.length, left));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The SHA-256 of a stream's bytes up to its end. */
  static String hash(InputStream in) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[65536];
    for (int n; (n = in.read(buffer)) >= 0; ) {
      digest.update(buffer, 0, n);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The SHA-256 of some bytes. */
  static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
