package io.tapstack.cli;

import io.tapstack.base.Result;
import io.tapstack.cli.service.ByteStream;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.TCPSocket;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A connection of this project's stack. */
final class StackStream implements ByteStream {
  private final TCPSocket socket;
  private final String peer;
  private final int timeout;

  /**
   * Wraps a connected socket.
   *
   * @param timeout the limit of every wait in milliseconds, 0 for none
   */
  StackStream(TCPSocket socket, String peer, int timeout) {
    this.socket = socket;
    this.peer = peer;
    this.timeout = timeout;
    socket.setTimeout(timeout == 0 ? -1 : timeout);
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    int n = socket.recv(to, offset, length);
    return n > 0 ? n : ended(n);
  }

  @Override
  public int readNow(byte[] to, int offset, int length) throws IOException {
    socket.setTimeout(0);
    int n = socket.recv(to, offset, length);
    socket.setTimeout(timeout == 0 ? -1 : timeout);
    return n > 0 ? n : n == NsapiError.WOULD_BLOCK ? 0 : ended(n);
  }

  private int ended(int code) throws IOException {
    if (code == 0) {
      return -1;
    }
    throw problem(code);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    int sent = 0;
    while (sent < length) {
      int n = socket.send(from, offset + sent, length - sent);
      if (n <= 0) {
        throw problem(n);
      }
      sent += n;
    }
  }

  @Override
  public void finishOutput() throws IOException {
    int code = socket.shutdownOutput();
    if (code != NsapiError.OK) {
      throw problem(code);
    }
  }

  private IOException problem(int code) {
    if (code == NsapiError.WOULD_BLOCK) {
      return new SocketTimeoutException(
          peer + " has been silent for " + timeout / 1000.0 + " s: timeout");
    }
    Result failure = socket.failure();
    String words = failure == null ? NsapiError.describe(code) : failure.words();
    return new SocketException("the connection to " + peer + " broke: " + words);
  }

  @Override
  public void close() {
    socket.close();
  }

  @Override
  public String peer() {
    return peer;
  }
}
