package io.tapstack.cli.http;

import io.tapstack.cli.service.ByteStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/** A client that fetches one resource over one connection. */
public final class HttpGet {
  private final HttpInput in;
  private final HttpHead head;

  private HttpGet(HttpInput in, HttpHead head) {
    this.in = in;
    this.head = head;
  }

  /**
   * Sends the request and reads the head of the answer.
   *
   * @throws IOException if there is no answer, or its status is not 200; the message says which
   */
  public static HttpGet send(ByteStream stream, HttpUrl url) throws IOException {
    byte[] request = request(url);
    stream.write(request, 0, request.length);
    HttpInput in = new HttpInput(stream);
    HttpHead head;
    do {
      head = in.head();
      if (head == null) {
        throw new EOFException("the server ended the connection without an answer");
      }
      if (!head.first().startsWith("HTTP/1.") || !head.second().matches("[1-5][0-9][0-9]")) {
        throw new IOException("the server does not answer in HTTP/1.1");
      }
    } while (head.second().startsWith("1"));
    if (!head.second().equals("200")) {
      String location = head.value("location");
      throw new IOException(
          "the server answered "
              + (head.second() + " " + head.third()).strip()
              + (location == null ? "" : " (at " + location + "; redirects are not followed)"));
    }
    return new HttpGet(in, head);
  }

  /** The bytes of a request for a URL, which asks the server to close the connection behind it. */
  public static byte[] request(HttpUrl url) {
    return ("GET "
            + url.target()
            + " HTTP/1.1\r\nHost: "
            + url.authority()
            + "\r\nUser-Agent: tapstack\r\nAccept: */*\r\nConnection: close\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** The length of the body, or -1 if the answer does not tell it. */
  public long length() throws HttpException {
    return head.chunked() ? -1 : head.contentLength();
  }

  /**
   * Copies the body.
   *
   * @param progress told how many bytes have come, after every read
   * @return the length of the body
   */
  public long copyTo(OutputStream out, LongConsumer progress) throws IOException {
    HttpBody body = HttpBody.ofResponse(head, in);
    byte[] buffer = new byte[64 * 1024];
    long total = 0;
    for (int n; (n = body.read(buffer, 0, buffer.length)) >= 0; ) {
      out.write(buffer, 0, n);
      total += n;
      progress.accept(total);
    }
    return total;
  }
}
