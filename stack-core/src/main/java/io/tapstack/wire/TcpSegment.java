package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * A TCP segment as a value: parses from bytes, prints in one line like tcpdump, and builds to bytes
 * with a right checksum. {@link Segments} has the first words of a trace, the methods here the
 * rest; each returns a changed copy:
 *
 * <pre>{@code
 * syn().seq(100).mss(1460).wscale(7).sackOk().ts(1, 0)
 * ack(301).seq(101).psh().data("GET /")
 * }</pre>
 *
 * @param flags the control bits of {@link TcpHeader}
 * @param window as it stands, not scaled
 */
public record TcpSegment(
    int sourcePort,
    int destinationPort,
    int sequence,
    int acknowledgment,
    int flags,
    int window,
    int urgentPointer,
    TcpOptionSet options,
    Bytes data)
    implements IpPayload {

  private static final String FLAG_LETTERS = "FSRP.UEW";

  /** Reads a segment that was checked. */
  static TcpSegment parse(ByteBuffer segment, int offset, int length) {
    int header = TcpHeader.headerLength(segment, offset);
    return new TcpSegment(
        TcpHeader.sourcePort(segment, offset),
        TcpHeader.destinationPort(segment, offset),
        TcpHeader.sequence(segment, offset),
        TcpHeader.acknowledgment(segment, offset),
        TcpHeader.flags(segment, offset),
        TcpHeader.window(segment, offset),
        TcpHeader.urgentPointer(segment, offset),
        TcpOptionSet.parse(segment, offset),
        Bytes.copyOf(segment, offset + header, length - header));
  }

  // ---- the words of a trace ----

  /** From one port to another. */
  public TcpSegment ports(int source, int destination) {
    return with(source, destination, sequence, acknowledgment, flags, window, options, data);
  }

  /** With this sequence number. */
  public TcpSegment seq(int number) {
    return with(sourcePort, destinationPort, number, acknowledgment, flags, window, options, data);
  }

  /** With ACK and this acknowledgment number. */
  public TcpSegment ack(int number) {
    return with(
        sourcePort,
        destinationPort,
        sequence,
        number,
        flags | TcpHeader.ACK,
        window,
        options,
        data);
  }

  /** With this window, as it stands in the header. */
  public TcpSegment win(int value) {
    return with(sourcePort, destinationPort, sequence, acknowledgment, flags, value, options, data);
  }

  /** With SYN. */
  public TcpSegment syn() {
    return plus(TcpHeader.SYN);
  }

  /** With FIN. */
  public TcpSegment fin() {
    return plus(TcpHeader.FIN);
  }

  /** With RST. */
  public TcpSegment rst() {
    return plus(TcpHeader.RST);
  }

  /** With PSH. */
  public TcpSegment psh() {
    return plus(TcpHeader.PSH);
  }

  /** With URG and this pointer. */
  public TcpSegment urg(int pointer) {
    return new TcpSegment(
        sourcePort,
        destinationPort,
        sequence,
        acknowledgment,
        flags | TcpHeader.URG,
        window,
        pointer,
        options,
        data);
  }

  /** With further control bits. */
  public TcpSegment plus(int moreFlags) {
    return with(
        sourcePort,
        destinationPort,
        sequence,
        acknowledgment,
        flags | moreFlags,
        window,
        options,
        data);
  }

  /** With this payload. */
  public TcpSegment data(Bytes payload) {
    return with(
        sourcePort, destinationPort, sequence, acknowledgment, flags, window, options, payload);
  }

  /** With these bytes as payload. */
  public TcpSegment data(byte[] payload) {
    return data(Bytes.of(payload));
  }

  /** With this text as payload. */
  public TcpSegment data(String payload) {
    return data(Bytes.of(payload));
  }

  /** With other options. */
  public TcpSegment options(TcpOptionSet set) {
    return with(sourcePort, destinationPort, sequence, acknowledgment, flags, window, set, data);
  }

  /** With a maximum segment size option. */
  public TcpSegment mss(int mss) {
    return options(options.withMss(mss));
  }

  /** With a window scale option. */
  public TcpSegment wscale(int shift) {
    return options(options.withWindowScale(shift));
  }

  /** With SACK-permitted. */
  public TcpSegment sackOk() {
    return options(options.withSackPermitted());
  }

  /** With timestamps. */
  public TcpSegment ts(int value, int echo) {
    return options(options.withTimestamps(new TcpOptionSet.Timestamps(value, echo)));
  }

  /** With one SACK block more. */
  public TcpSegment sack(int left, int right) {
    return options(options.plusSack(new TcpOptionSet.SackBlock(left, right)));
  }

  /** With these bytes after the other options: unknown or broken ones. */
  public TcpSegment rawOptions(Bytes raw) {
    return options(options.withExtra(raw));
  }

  private TcpSegment with(
      int source,
      int destination,
      int seq,
      int ack,
      int newFlags,
      int newWindow,
      TcpOptionSet set,
      Bytes payload) {
    return new TcpSegment(
        source, destination, seq, ack, newFlags, newWindow, urgentPointer, set, payload);
  }

  // ---- what a trace asks ----

  /** Whether all of these control bits are set. */
  public boolean has(int wanted) {
    return (flags & wanted) == wanted;
  }

  /** SEG.LEN of RFC 9293 section 3.4: the data, and one each for SYN and FIN. */
  public int sequenceLength() {
    return data.length() + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
  }

  @Override
  public int protocol() {
    return IpProtocol.TCP;
  }

  @Override
  public int length() {
    return TcpHeader.MIN_LENGTH + options.length() + data.length();
  }

  @Override
  public void write(ByteBuffer target, int offset, IpAddress source, IpAddress destination) {
    int header = TcpHeader.MIN_LENGTH + options.length();
    TcpHeader.write(
        target,
        offset,
        sourcePort,
        destinationPort,
        sequence,
        acknowledgment,
        header,
        flags,
        window,
        urgentPointer);
    options.write(target, offset + TcpHeader.MIN_LENGTH);
    data.write(target, offset + header);
    TcpHeader.setChecksum(
        target,
        offset,
        IpPayload.checksum(target, offset, length(), IpProtocol.TCP, source, destination));
  }

  @Override
  public String toString(IpAddress source, IpAddress destination) {
    return IpText.formatEndpoint(source, sourcePort)
        + " > "
        + IpText.formatEndpoint(destination, destinationPort)
        + " "
        + words();
  }

  /** The segment in one line, such as {@code 80 > 1234 S. seq 100 ack 5 win 65535 <mss 1460>}. */
  @Override
  public String toString() {
    return sourcePort + " > " + destinationPort + " " + words();
  }

  /** The segment without its ports: {@code S. seq 100 ack 5 win 65535 <mss 1460>}. */
  public String words() {
    StringBuilder text = new StringBuilder(flagLetters(flags));
    text.append(" seq ").append(Integer.toUnsignedString(sequence));
    if (has(TcpHeader.ACK)) {
      text.append(" ack ").append(Integer.toUnsignedString(acknowledgment));
    }
    text.append(" win ").append(window);
    if (has(TcpHeader.URG)) {
      text.append(" urg ").append(urgentPointer);
    }
    if (options.length() > 0) {
      text.append(" <").append(options).append('>');
    }
    if (data.length() > 0) {
      text.append(" len ").append(data.length());
    }
    return text.toString();
  }

  /** Control bits as tcpdump shows them, such as {@code S.} for SYN and ACK. */
  public static String flagLetters(int flags) {
    StringBuilder letters = new StringBuilder(8);
    // SYN, FIN and RST first, the dot of ACK last, as everybody writes them.
    for (int bit : new int[] {1, 0, 2, 3, 5, 6, 7, 4}) {
      if ((flags & 1 << bit) != 0) {
        letters.append(FLAG_LETTERS.charAt(bit));
      }
    }
    return letters.isEmpty() ? "none" : letters.toString();
  }
}
