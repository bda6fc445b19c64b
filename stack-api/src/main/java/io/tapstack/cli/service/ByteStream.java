package io.tapstack.cli.service;

import java.io.IOException;

/**
 * A connected stream of bytes, whoever's TCP carries it.
 *
 * <p>Thread: one reader and one writer at a time; {@link #close} from any thread wakes both. Every
 * wait has the limit that the stream was made with, and ends in a {@link
 * java.net.SocketTimeoutException}.
 */
public interface ByteStream extends AutoCloseable {
  /** Waits for bytes; returns how many came, or -1 after the peer's last one. */
  int read(byte[] to, int offset, int length) throws IOException;

  /** Like {@link #read}, but returns 0 at once if nothing is there. */
  int readNow(byte[] to, int offset, int length) throws IOException;

  /** Writes all of the bytes, waiting for room as often as it takes. */
  void write(byte[] from, int offset, int length) throws IOException;

  /** Ends the outgoing half: the peer reads an end of stream, and may go on sending. */
  void finishOutput() throws IOException;

  /** Ends both halves; what was written is still delivered. Closing twice does nothing. */
  @Override
  void close() throws IOException;

  /** The other end, as {@code 10.77.0.1:40000} or {@code [fd77::1]:40000}. */
  String peer();
}
