package io.tapstack.cli.service;

import io.tapstack.wire.IpAddress;
import java.io.IOException;

/** A UDP port. Thread: one receiver and one sender at a time; {@link #close} wakes the receiver. */
public interface DatagramPort extends AutoCloseable {
  /**
   * Waits for a datagram.
   *
   * @param to where its payload goes; what does not fit is lost
   * @return its length
   * @throws java.net.SocketTimeoutException if none came in time
   */
  int receive(byte[] to) throws IOException;

  /** Who sent the datagram that came last. */
  IpAddress sender();

  /** From which port. */
  int senderPort();

  /** Sends a datagram; that the network loses it is no error. */
  void send(byte[] from, int offset, int length, IpAddress to, int port) throws IOException;

  @Override
  void close();
}
