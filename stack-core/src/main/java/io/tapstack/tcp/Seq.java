package io.tapstack.tcp;

/**
 * Comparison of 32-bit sequence numbers, modulo 2^32 (RFC 9293 section 3.4). An {@code int} holds
 * one; two may be compared while they are less than 2^31 apart, which windows of at most 2^30 bytes
 * (RFC 7323 section 2.3) ensure.
 */
final class Seq {
  private Seq() {}

  static boolean lt(int a, int b) {
    return a - b < 0;
  }

  static boolean leq(int a, int b) {
    return a - b <= 0;
  }

  static boolean gt(int a, int b) {
    return a - b > 0;
  }

  static boolean geq(int a, int b) {
    return a - b >= 0;
  }

  static int max(int a, int b) {
    return a - b >= 0 ? a : b;
  }

  static int min(int a, int b) {
    return a - b <= 0 ? a : b;
  }
}
