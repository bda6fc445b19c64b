package io.tapstack.cli;

import io.tapstack.cli.http.HttpGet;
import io.tapstack.cli.http.HttpUrl;
import io.tapstack.cli.http.Sha256;
import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.PseudoRandomBytes;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** A download of {@code /bytes/N} that is held against the bytes it should be. */
final class Transfer {
  private static final int TIMEOUT_MILLIS = 10_000;

  private Transfer() {}

  /** The SHA-256 of the first {@code length} pseudo-random bytes. */
  static String expectedHash(long length) {
    MessageDigest digest = Sha256.digest();
    PseudoRandomBytes source = new PseudoRandomBytes();
    byte[] buffer = new byte[64 * 1024];
    for (long left = length; left > 0; left -= buffer.length) {
      int n = (int) Math.min(buffer.length, left);
      source.fill(buffer, 0, n);
      digest.update(buffer, 0, n);
    }
    return Sha256.hex(digest);
  }

  /** The URL of the first {@code length} pseudo-random bytes at a server. */
  static HttpUrl url(IpAddress server, int port, long length) {
    String authority =
        port == 80
            ? (server.isV4() ? "" + server : "[" + server + "]")
            : Endpoint.text(server, port);
    return new HttpUrl(server, authority, port, "/bytes/" + length);
  }

  /**
   * Fetches with a progress bar.
   *
   * @param what what the line begins with
   * @param expected the SHA-256 that should come out
   * @return a line that says at which rate
   * @throws Failure if other bytes came than should
   */
  static String fetch(Network network, HttpUrl url, String what, String expected)
      throws IOException {
    MessageDigest digest = Sha256.digest();
    String rate;
    try (ByteStream stream =
            network.connect(url.address(), url.port(), TIMEOUT_MILLIS, TIMEOUT_MILLIS);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      HttpGet get = HttpGet.send(stream, url);
      Progress progress = Progress.onStandardError(what, get.length());
      long start = System.nanoTime();
      long length = get.copyTo(out, progress::at);
      rate = Progress.size(length) + " at " + Progress.rate(length, System.nanoTime() - start);
      progress.clear();
    }
    String hash = Sha256.hex(digest);
    if (!hash.equals(expected)) {
      throw new Failure(what + ": the SHA-256 is " + hash + " and should be " + expected);
    }
    return what + ": " + rate + ", SHA-256 right";
  }
}
