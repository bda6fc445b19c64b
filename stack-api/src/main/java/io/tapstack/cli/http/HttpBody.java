package io.tapstack.cli.http;

import java.io.EOFException;
import java.io.IOException;

/** The body of a message, whichever way its end is told: RFC 9112 section 6.3. */
interface HttpBody {
  /** Reads some bytes, waiting for at least one; -1 at the end of the body. */
  int read(byte[] to, int offset, int length) throws IOException;

  /** The body of a request: none unless the head announces one. */
  static HttpBody ofRequest(HttpHead head, HttpInput in) throws HttpException {
    if (head.chunked()) {
      return new Chunked(in);
    }
    return new Fixed(in, Math.max(0, head.contentLength()));
  }

  /** The body of a response: up to the end of the connection unless the head says otherwise. */
  static HttpBody ofResponse(HttpHead head, HttpInput in) throws HttpException {
    if (head.chunked()) {
      return new Chunked(in);
    }
    long length = head.contentLength();
    return length >= 0 ? new Fixed(in, length) : in::read;
  }

  /** A body of a known length. */
  final class Fixed implements HttpBody {
    private final HttpInput in;
    private long left;

    Fixed(HttpInput in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(to, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("the connection ended " + left + " bytes before the body did");
      }
      left -= n;
      return n;
    }
  }

  /** A body in chunks: RFC 9112 section 7.1. Extensions and trailers are read and ignored. */
  final class Chunked implements HttpBody {
    private final HttpInput in;
    private long left;
    private boolean inside;
    private boolean done;

    Chunked(HttpInput in) {
      this.in = in;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0 && !nextChunk()) {
        return -1;
      }
      int n = in.read(to, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("the connection ended inside a chunk");
      }
      left -= n;
      return n;
    }

    private boolean nextChunk() throws IOException {
      if (done) {
        return false;
      }
      if (inside && !in.line().isEmpty()) {
        throw new HttpException(400, "a chunk is longer than it said");
      }
      inside = true;
      String size = in.line().split(";", 2)[0].strip();
      if (!size.matches("\\p{XDigit}{1,15}")) {
        throw new HttpException(400, "a chunk does not begin with its size in hexadecimal");
      }
      left = Long.parseLong(size, 16);
      if (left > 0) {
        return true;
      }
      done = true;
      for (int trailers = 0; !in.line().isEmpty(); trailers++) {
        if (trailers == HttpLimits.TRAILERS) {
          throw new HttpException(431, "more than " + HttpLimits.TRAILERS + " trailer fields");
        }
      }
      return false;
    }
  }
}
