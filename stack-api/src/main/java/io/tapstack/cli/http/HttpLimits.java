package io.tapstack.cli.http;

/** How long a peer may make what it sends. */
final class HttpLimits {
  /** The longest head of a message, start line and fields together, in bytes. */
  static final int HEAD = 16 * 1024;

  /** The largest number of fields in a head. */
  static final int FIELDS = 100;

  /** The longest line between the chunks of a body, in bytes. */
  static final int CHUNK_LINE = 1024;

  /** The largest number of trailer fields after a chunked body. */
  static final int TRAILERS = 32;

  /** The longest body of a request that nobody wants, read so that the connection can go on. */
  static final int UNWANTED_BODY = 64 * 1024;

  /** The longest upload to {@code /sink}, in bytes: one terabyte. */
  static final long UPLOAD = 1_000_000_000_000L;

  /** What is read, at most, of a connection that ends after an error. */
  static final int LINGER = 4 * 1024 * 1024;

  private HttpLimits() {}
}
