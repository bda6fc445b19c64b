package io.tapstack.cli.service;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * A stream whose peer has said everything in advance: reads give it in pieces of a chosen size, and
 * writes are collected, up to a limit at which the peer is gone.
 */
public final class MemoryStream implements ByteStream {
  private final byte[] incoming;
  private final int piece;
  private final int limit;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private int at;
  private boolean finished;

  public MemoryStream(byte[] incoming, int piece) {
    this(incoming, piece, Integer.MAX_VALUE);
  }

  public MemoryStream(byte[] incoming, int piece, int limit) {
    this.incoming = incoming;
    this.piece = piece;
    this.limit = limit;
  }

  /** What was written so far. */
  public byte[] written() {
    return written.toByteArray();
  }

  /** Whether the outgoing half was ended. */
  public boolean finished() {
    return finished;
  }

  /** How many of the peer's bytes nobody has read. */
  public int unread() {
    return incoming.length - at;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    if (at == incoming.length) {
      return -1;
    }
    int n = Math.min(Math.min(length, piece), incoming.length - at);
    System.arraycopy(incoming, at, to, offset, n);
    at += n;
    return n;
  }

  @Override
  public int readNow(byte[] to, int offset, int length) {
    return read(to, offset, length);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (written.size() + length > limit) {
      throw new IOException("the peer is gone");
    }
    written.write(from, offset, length);
  }

  @Override
  public void finishOutput() {
    finished = true;
  }

  @Override
  public void close() {
    finished = true;
  }

  @Override
  public String peer() {
    return "memory";
  }
}
