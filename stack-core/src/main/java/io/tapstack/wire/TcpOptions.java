package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The options of one TCP segment, parsed into fields. One instance is reused for every segment of a
 * stack, so parsing allocates nothing.
 *
 * <p>RFC 9293 section 3.1 (EOL, NOP, MSS), RFC 7323 section 2.2 (window scale) and 3.2
 * (timestamps), RFC 2018 sections 2 and 3 (SACK). Unknown options are skipped by their length
 * (MUST-6); an option with an illegal length ends the parse and what was read before it stands, as
 * Linux does it (MUST-7).
 */
public final class TcpOptions {
  public static final int EOL = 0;
  public static final int NOP = 1;
  public static final int MSS = 2;
  public static final int WINDOW_SCALE = 3;
  public static final int SACK_PERMITTED = 4;
  public static final int SACK = 5;
  public static final int TIMESTAMPS = 8;

  /** RFC 7323 section 2.3: a shift count above 14 is used as 14. */
  public static final int MAX_WINDOW_SCALE = 14;

  /** More SACK blocks than these do not fit into the 40 bytes of options. */
  public static final int MAX_SACK_BLOCKS = 4;

  private int mss;
  private int windowScale;
  private boolean sackPermitted;
  private boolean timestamps;
  private int timestampValue;
  private int timestampEcho;
  private int sackBlocks;
  private final int[] sackEdges = new int[2 * MAX_SACK_BLOCKS];
  private boolean malformed;

  /** Creates an instance without any option. */
  public TcpOptions() {}

  /** Reads the options of a segment whose header was checked. */
  public void parse(ByteBuffer segment, int offset) {
    mss = -1;
    windowScale = -1;
    sackPermitted = false;
    timestamps = false;
    sackBlocks = 0;
    malformed = false;
    int position = offset + TcpHeader.MIN_LENGTH;
    int end = offset + TcpHeader.headerLength(segment, offset);
    while (position < end) {
      int kind = segment.get(position);
      if (kind == EOL) {
        return;
      }
      if (kind == NOP) {
        position++;
        continue;
      }
      int length = position + 1 < end ? segment.get(position + 1) & 0xff : 0;
      if (length < 2 || position + length > end) {
        malformed = true;
        return;
      }
      read(segment, position, kind, length);
      position += length;
    }
  }

  private void read(ByteBuffer segment, int position, int kind, int length) {
    if (kind == MSS && length == 4) {
      mss = segment.getShort(position + 2) & 0xffff;
    } else if (kind == WINDOW_SCALE && length == 3) {
      windowScale = Math.min(segment.get(position + 2) & 0xff, MAX_WINDOW_SCALE);
    } else if (kind == SACK_PERMITTED && length == 2) {
      sackPermitted = true;
    } else if (kind == TIMESTAMPS && length == 10) {
      timestamps = true;
      timestampValue = segment.getInt(position + 2);
      timestampEcho = segment.getInt(position + 6);
    } else if (kind == SACK && length % 8 == 2) {
      sackBlocks = Math.min((length - 2) / 8, MAX_SACK_BLOCKS);
      for (int i = 0; i < 2 * sackBlocks; i++) {
        sackEdges[i] = segment.getInt(position + 2 + 4 * i);
      }
    }
  }

  /** The peer's MSS in bytes, or -1 if the option is missing. */
  public int mss() {
    return mss;
  }

  /** The shift count, 0 to 14, or -1 if the option is missing. */
  public int windowScale() {
    return windowScale;
  }

  /** Whether SACK-permitted is there. */
  public boolean sackPermitted() {
    return sackPermitted;
  }

  /** Whether the timestamps option is there. */
  public boolean hasTimestamps() {
    return timestamps;
  }

  /** TSval; only meaningful if {@link #hasTimestamps()}. */
  public int timestampValue() {
    return timestampValue;
  }

  /** TSecr; only meaningful if {@link #hasTimestamps()} and the segment has ACK. */
  public int timestampEcho() {
    return timestampEcho;
  }

  /** How many SACK blocks there are, 0 to 4. */
  public int sackBlocks() {
    return sackBlocks;
  }

  /** The left edge of a SACK block. */
  public int sackLeft(int block) {
    return sackEdges[2 * block];
  }

  /** The right edge of a SACK block, one past its last byte. */
  public int sackRight(int block) {
    return sackEdges[2 * block + 1];
  }

  /** Whether an option with an illegal length ended the parse. */
  public boolean isMalformed() {
    return malformed;
  }

  /** Writes an MSS option and returns the offset after it. */
  public static int writeMss(ByteBuffer segment, int position, int mss) {
    segment.putInt(position, MSS << 24 | 4 << 16 | mss & 0xffff);
    return position + 4;
  }

  /** Writes NOP and a window scale option and returns the offset after them. */
  public static int writeWindowScale(ByteBuffer segment, int position, int shift) {
    segment.putInt(position, NOP << 24 | WINDOW_SCALE << 16 | 3 << 8 | shift);
    return position + 4;
  }

  /** Writes two NOPs and SACK-permitted and returns the offset after them. */
  public static int writeSackPermitted(ByteBuffer segment, int position) {
    segment.putInt(position, NOP << 24 | NOP << 16 | SACK_PERMITTED << 8 | 2);
    return position + 4;
  }

  /** Writes two NOPs and a timestamps option (RFC 7323 appendix A), returns the offset after. */
  public static int writeTimestamps(ByteBuffer segment, int position, int value, int echo) {
    segment.putInt(position, NOP << 24 | NOP << 16 | TIMESTAMPS << 8 | 10);
    segment.putInt(position + 4, value);
    segment.putInt(position + 8, echo);
    return position + 12;
  }

  /** Writes two NOPs and the head of a SACK option, whose blocks of two words follow. */
  public static int writeSackHeader(ByteBuffer segment, int position, int blocks) {
    segment.putInt(position, NOP << 24 | NOP << 16 | SACK << 8 | 2 + 8 * blocks);
    return position + 4;
  }
}
