package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * What a receiver says in its SACK option: the blocks of data that it holds beyond a hole, the one
 * with the latest segment first (RFC 2018 section 4), and once, before them, a segment that it had
 * already (D-SACK, RFC 2883 section 4).
 *
 * <p>Only the latest few blocks are remembered: more do not fit into an option, and older ones have
 * been reported several times.
 */
final class SackBlocks {
  private static final int MAX = TcpOptions.MAX_SACK_BLOCKS;

  private final int[] left = new int[MAX];
  private final int[] right = new int[MAX];
  private int size;
  private boolean duplicate;
  private int duplicateLeft;
  private int duplicateRight;

  boolean isEmpty() {
    return size == 0 && !duplicate;
  }

  /** A segment beyond a hole came; it is in this run of bytes now. */
  void stored(int from, int to) {
    int newLeft = from;
    int newRight = to;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (Seq.leq(left[i], newRight) && Seq.geq(right[i], newLeft)) {
        newLeft = Seq.min(newLeft, left[i]);
        newRight = Seq.max(newRight, right[i]);
      } else {
        left[kept] = left[i];
        right[kept] = right[i];
        kept++;
      }
    }
    kept = Math.min(kept, MAX - 1);
    System.arraycopy(left, 0, left, 1, kept);
    System.arraycopy(right, 0, right, 1, kept);
    left[0] = newLeft;
    right[0] = newRight;
    size = kept + 1;
  }

  /** Everything before {@code rcvNxt} is acknowledged by the acknowledgment number itself. */
  void advance(int rcvNxt) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (Seq.gt(right[i], rcvNxt)) {
        left[kept] = left[i];
        right[kept] = right[i];
        kept++;
      }
    }
    size = kept;
  }

  /**
   * What was stored from {@code edge} on is no longer there: it is not reported again, and the
   * sender learns of it as RFC 2018 section 8 has it, by sending it again.
   */
  void withdraw(int edge) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (Seq.lt(left[i], edge)) {
        left[kept] = left[i];
        right[kept] = Seq.min(right[i], edge);
        kept++;
      }
    }
    size = kept;
  }

  /** One past the last byte that is reported, or the given number if none is. */
  int highest(int otherwise) {
    int highest = size == 0 ? otherwise : right[0];
    for (int i = 1; i < size; i++) {
      highest = Seq.max(highest, right[i]);
    }
    return highest;
  }

  /** Bytes came that had come before: the next ACK says so, one time. */
  void duplicate(int from, int to) {
    duplicate = true;
    duplicateLeft = from;
    duplicateRight = to;
  }

  void clear() {
    size = 0;
    duplicate = false;
  }

  /**
   * Writes the option.
   *
   * @param room how many bytes of options there is room for
   * @return the offset after it
   */
  int write(ByteBuffer segment, int position, int room) {
    int fit = (room - 4) / 8;
    int reports = duplicate ? 1 : 0;
    int blocks = Math.min(size + reports, Math.min(fit, MAX));
    if (blocks <= 0) {
      return position;
    }
    int at = TcpOptions.writeSackHeader(segment, position, blocks);
    if (duplicate) {
      segment.putInt(at, duplicateLeft);
      segment.putInt(at + 4, duplicateRight);
      at += 8;
    }
    for (int i = 0; i < blocks - reports; i++) {
      segment.putInt(at, left[i]);
      segment.putInt(at + 4, right[i]);
      at += 8;
    }
    duplicate = false;
    return at;
  }
}
