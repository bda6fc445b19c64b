package io.tapstack.cli.http;

import io.tapstack.cli.service.ByteStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads HTTP messages from a stream: heads, and what {@link HttpBody} asks for. */
final class HttpInput {
  private final ByteStream stream;
  private final byte[] buffer = new byte[64 * 1024];
  private int start;
  private int end;

  HttpInput(ByteStream stream) {
    this.stream = stream;
  }

  /**
   * Reads the next head.
   *
   * @return null if the stream ended before its first byte
   * @throws HttpException with status 400 or 431 if it is not a head
   */
  @Nullable HttpHead head() throws IOException {
    compact();
    while (true) {
      start = HttpHead.skipEmptyLines(buffer, start, end);
      int headEnd = HttpHead.end(buffer, start, end);
      if ((headEnd < 0 ? end : headEnd) - start > HttpLimits.HEAD) {
        throw new HttpException(431, "the head is longer than " + HttpLimits.HEAD + " bytes");
      }
      if (headEnd >= 0) {
        int from = start;
        start = headEnd;
        return HttpHead.parse(buffer, from, headEnd);
      }
      if (start == end) {
        start = 0;
        end = 0;
      }
      if (end == buffer.length) {
        compact();
      }
      int n = stream.read(buffer, end, buffer.length - end);
      if (n < 0) {
        if (start == end) {
          return null;
        }
        throw new HttpException(400, "the connection ended inside a head");
      }
      end += n;
    }
  }

  /** Reads what is there, waiting for at least one byte; -1 at the end of the stream. */
  int read(byte[] to, int offset, int length) throws IOException {
    if (start == end) {
      return stream.read(to, offset, length);
    }
    int n = Math.min(length, end - start);
    System.arraycopy(buffer, start, to, offset, n);
    start += n;
    return n;
  }

  /** Reads a line of a chunked body, without its end. */
  String line() throws IOException {
    int scanned = start;
    while (true) {
      for (; scanned < end; scanned++) {
        if (buffer[scanned] == '\n') {
          int stop = scanned > start && buffer[scanned - 1] == '\r' ? scanned - 1 : scanned;
          String line = new String(buffer, start, stop - start, StandardCharsets.ISO_8859_1);
          start = scanned + 1;
          return line;
        }
      }
      if (end - start > HttpLimits.CHUNK_LINE) {
        throw new HttpException(400, "a line between chunks is too long");
      }
      if (end == buffer.length) {
        scanned -= start;
        compact();
      }
      int n = stream.read(buffer, end, buffer.length - end);
      if (n < 0) {
        throw new EOFException("the connection ended inside a body");
      }
      end += n;
    }
  }

  private void compact() {
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
  }
}
