package io.tapstack.cli.service;

/** What is answered to a datagram. */
@FunctionalInterface
public interface UdpService {
  /** The answer that says: send nothing. */
  int SILENCE = -1;

  /**
   * Answers a datagram.
   *
   * @param datagram its bytes, from index 0
   * @param length how many
   * @param answer where the answer goes, at least as long as the longest datagram
   * @return the length of the answer, or {@link #SILENCE}
   */
  int answer(byte[] datagram, int length, byte[] answer);
}
