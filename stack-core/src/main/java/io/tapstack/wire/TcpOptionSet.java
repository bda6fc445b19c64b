package io.tapstack.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of a segment as a value; {@link TcpOptions} is the parser of the hot path.
 *
 * @param mss -1 if the option is missing
 * @param windowScale -1 if the option is missing
 * @param timestamps null if the option is missing
 * @param sacks the SACK blocks in their order
 * @param extra what follows the known options when written: unknown ones, or broken ones
 */
public record TcpOptionSet(
    int mss,
    int windowScale,
    boolean sackPermitted,
    @Nullable Timestamps timestamps,
    List<SackBlock> sacks,
    Bytes extra) {

  /** No option at all. */
  public static final TcpOptionSet NONE =
      new TcpOptionSet(-1, -1, false, null, List.of(), Bytes.EMPTY);

  /** TSval and TSecr, RFC 7323 section 3.2. */
  public record Timestamps(int value, int echo) {}

  /** A SACK block from its first byte to one past its last, RFC 2018 section 3. */
  public record SackBlock(int left, int right) {}

  /** Makes the list of blocks its own. */
  public TcpOptionSet {
    sacks = List.copyOf(sacks);
  }

  /** Reads the options of a segment whose header was checked. */
  static TcpOptionSet parse(ByteBuffer segment, int offset) {
    TcpOptions parsed = new TcpOptions();
    parsed.parse(segment, offset);
    List<SackBlock> blocks = new ArrayList<>();
    for (int i = 0; i < parsed.sackBlocks(); i++) {
      blocks.add(new SackBlock(parsed.sackLeft(i), parsed.sackRight(i)));
    }
    return new TcpOptionSet(
        parsed.mss(),
        parsed.windowScale(),
        parsed.sackPermitted(),
        parsed.hasTimestamps()
            ? new Timestamps(parsed.timestampValue(), parsed.timestampEcho())
            : null,
        blocks,
        unknown(segment, offset));
  }

  /** The options that {@link TcpOptions} does not read, and the rest after an illegal length. */
  private static Bytes unknown(ByteBuffer segment, int offset) {
    Bytes unknown = Bytes.EMPTY;
    int position = offset + TcpHeader.MIN_LENGTH;
    int end = offset + TcpHeader.headerLength(segment, offset);
    while (position < end && segment.get(position) != TcpOptions.EOL) {
      int kind = segment.get(position);
      if (kind == TcpOptions.NOP) {
        position++;
        continue;
      }
      int length = position + 1 < end ? segment.get(position + 1) & 0xff : 0;
      if (length < 2 || position + length > end) {
        return unknown.plus(Bytes.copyOf(segment, position, end - position));
      }
      boolean known =
          switch (kind) {
            case TcpOptions.MSS -> length == 4;
            case TcpOptions.WINDOW_SCALE -> length == 3;
            case TcpOptions.SACK_PERMITTED -> length == 2;
            case TcpOptions.SACK -> length % 8 == 2;
            case TcpOptions.TIMESTAMPS -> length == 10;
            default -> false;
          };
      if (!known) {
        unknown = unknown.plus(Bytes.copyOf(segment, position, length));
      }
      position += length;
    }
    return unknown;
  }

  TcpOptionSet withMss(int value) {
    return new TcpOptionSet(value, windowScale, sackPermitted, timestamps, sacks, extra);
  }

  TcpOptionSet withWindowScale(int shift) {
    return new TcpOptionSet(mss, shift, sackPermitted, timestamps, sacks, extra);
  }

  TcpOptionSet withSackPermitted() {
    return new TcpOptionSet(mss, windowScale, true, timestamps, sacks, extra);
  }

  TcpOptionSet withTimestamps(Timestamps value) {
    return new TcpOptionSet(mss, windowScale, sackPermitted, value, sacks, extra);
  }

  TcpOptionSet plusSack(SackBlock block) {
    List<SackBlock> more = Stream.concat(sacks.stream(), Stream.of(block)).toList();
    return new TcpOptionSet(mss, windowScale, sackPermitted, timestamps, more, extra);
  }

  TcpOptionSet withExtra(Bytes bytes) {
    return new TcpOptionSet(mss, windowScale, sackPermitted, timestamps, sacks, bytes);
  }

  /** The length in bytes, padded to whole words. */
  public int length() {
    int sum = mss >= 0 ? 4 : 0;
    sum += windowScale >= 0 ? 4 : 0;
    sum += sackPermitted ? 4 : 0;
    sum += timestamps != null ? 12 : 0;
    sum += sacks.isEmpty() ? 0 : 4 + 8 * sacks.size();
    return sum + extra.length() + 3 & ~3;
  }

  /**
   * Writes the options, each filled up to whole words as Linux does it.
   *
   * @throws IllegalArgumentException if they take more than 40 bytes
   */
  void write(ByteBuffer segment, int offset) {
    if (length() > TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH) {
      throw new IllegalArgumentException(
          length() + " bytes of TCP options (" + this + "); a header holds 40");
    }
    int position = offset;
    if (mss >= 0) {
      position = TcpOptions.writeMss(segment, position, mss);
    }
    if (sackPermitted) {
      position = TcpOptions.writeSackPermitted(segment, position);
    }
    if (timestamps != null) {
      position =
          TcpOptions.writeTimestamps(segment, position, timestamps.value(), timestamps.echo());
    }
    if (windowScale >= 0) {
      position = TcpOptions.writeWindowScale(segment, position, windowScale);
    }
    if (!sacks.isEmpty()) {
      position = TcpOptions.writeSackHeader(segment, position, sacks.size());
      for (SackBlock block : sacks) {
        segment.putInt(position, block.left());
        segment.putInt(position + 4, block.right());
        position += 8;
      }
    }
    position = extra.write(segment, position);
    while (position < offset + length()) {
      segment.put(position++, (byte) TcpOptions.EOL); // MUST-69: padding is zero
    }
  }

  /** The options as tcpdump shows them, such as {@code mss 1460,sackOK,wscale 7}. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    if (mss >= 0) {
      words.add("mss " + mss);
    }
    if (sackPermitted) {
      words.add("sackOK");
    }
    if (timestamps != null) {
      words.add(
          "TS val "
              + Integer.toUnsignedString(timestamps.value())
              + " ecr "
              + Integer.toUnsignedString(timestamps.echo()));
    }
    if (windowScale >= 0) {
      words.add("wscale " + windowScale);
    }
    if (!sacks.isEmpty()) {
      words.add(
          sacks.stream()
              .map(
                  block ->
                      Integer.toUnsignedString(block.left())
                          + ":"
                          + Integer.toUnsignedString(block.right()))
              .collect(Collectors.joining(" ", "sack ", "")));
    }
    if (extra.length() > 0) {
      words.add("unknown " + extra);
    }
    return String.join(",", words);
  }
}
