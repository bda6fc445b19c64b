package io.tapstack.wire;

/** The first words of a TCP trace, to be imported statically; {@link TcpSegment} has the rest. */
public final class Segments {
  private static final TcpSegment BLANK =
      new TcpSegment(0, 0, 0, 0, 0, 0xffff, 0, TcpOptionSet.NONE, Bytes.EMPTY);

  private Segments() {}

  /** A segment without any control bit: ports and numbers 0, window 65,535, no options, no data. */
  public static TcpSegment segment() {
    return BLANK;
  }

  /** A SYN. */
  public static TcpSegment syn() {
    return BLANK.syn();
  }

  /** A SYN with this acknowledgment number. */
  public static TcpSegment synAck(int acknowledgment) {
    return BLANK.syn().ack(acknowledgment);
  }

  /** A plain acknowledgment. */
  public static TcpSegment ack(int acknowledgment) {
    return BLANK.ack(acknowledgment);
  }

  /** A FIN with this acknowledgment number. */
  public static TcpSegment fin(int acknowledgment) {
    return BLANK.fin().ack(acknowledgment);
  }

  /** A RST without ACK. */
  public static TcpSegment rst() {
    return BLANK.rst();
  }

  /** A RST with this acknowledgment number. */
  public static TcpSegment rstAck(int acknowledgment) {
    return BLANK.rst().ack(acknowledgment);
  }
}
