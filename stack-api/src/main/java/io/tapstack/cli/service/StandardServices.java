package io.tapstack.cli.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The services every host once had: echo (RFC 862), discard (RFC 863), character generator (RFC
 * 864), daytime (RFC 867) and time (RFC 868).
 */
public final class StandardServices {
  /** The length of a line of the character generator, without its CR LF: RFC 864. */
  private static final int LINE = 72;

  /** The printing characters of ASCII, space to tilde, over which the pattern of RFC 864 turns. */
  private static final int PRINTING = 95;

  /** RFC 864: a UDP answer holds between 0 and 512 characters. */
  private static final int CHARGEN_DATAGRAM = 512;

  /** RFC 868: seconds from 1900-01-01, which is 2,208,988,800 before the epoch of Java. */
  private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;

  private static final int BUFFER = 64 * 1024;

  /** The form of the second example of RFC 867, which fits the 30 bytes that Mbed's tests allow. */
  private static final DateTimeFormatter DAYTIME =
      DateTimeFormatter.ofPattern("dd MMM yy HH:mm:ss 'UTC'", Locale.ROOT);

  private static final byte[] PATTERN = pattern();

  private StandardServices() {}

  /** Sends back what comes, until the peer has ended its half: RFC 862. */
  public static void echo(ByteStream stream) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n; (n = stream.read(buffer, 0, buffer.length)) >= 0; ) {
      stream.write(buffer, 0, n);
    }
  }

  /** Sends back a datagram: RFC 862. */
  public static int echo(byte[] datagram, int length, byte[] answer) {
    System.arraycopy(datagram, 0, answer, 0, length);
    return length;
  }

  /** Throws away what comes: RFC 863. */
  public static void discard(ByteStream stream) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int n = 0;
    while (n >= 0) {
      n = stream.read(buffer, 0, buffer.length);
    }
  }

  /** Throws away a datagram: RFC 863. */
  public static int discard(byte[] datagram, int length, byte[] answer) {
    return UdpService.SILENCE;
  }

  /**
   * Sends lines of turning ASCII until the peer ends the connection, and throws away what it says:
   * RFC 864. A peer that has ended only its own half still gets its lines.
   */
  public static void chargen(ByteStream stream) throws IOException {
    byte[] ignored = new byte[4096];
    boolean peerSends = true;
    while (true) {
      stream.write(PATTERN, 0, PATTERN.length);
      while (peerSends) {
        int n = stream.readNow(ignored, 0, ignored.length);
        if (n == 0) {
          break;
        }
        peerSends = n > 0;
      }
    }
  }

  /** Answers any datagram with a random number of characters: RFC 864. */
  public static UdpService chargen(RandomGenerator random) {
    return (datagram, length, answer) -> {
      int size = random.nextInt(CHARGEN_DATAGRAM + 1);
      System.arraycopy(PATTERN, 0, answer, 0, size);
      return size;
    };
  }

  /** The date and time as one line of text, UTC: RFC 867. */
  public static byte[] daytime(Clock clock) {
    String line = DAYTIME.format(clock.instant().atZone(ZoneOffset.UTC)).toUpperCase(Locale.ROOT);
    return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** The seconds since 1900 in 32 bits, which begin again at 0 in 2036: RFC 868. */
  public static byte[] time(Clock clock) {
    long seconds = clock.instant().getEpochSecond() + SECONDS_1900_TO_1970;
    return ByteBuffer.allocate(4).putInt((int) seconds).array();
  }

  /** RFC 864's pattern, as many lines as it takes until it begins again. */
  private static byte[] pattern() {
    ByteBuffer lines = ByteBuffer.allocate(PRINTING * (LINE + 2));
    for (int line = 0; line < PRINTING; line++) {
      for (int column = 0; column < LINE; column++) {
        lines.put((byte) (' ' + (line + column) % PRINTING));
      }
      lines.put((byte) '\r').put((byte) '\n');
    }
    return lines.array();
  }
}
