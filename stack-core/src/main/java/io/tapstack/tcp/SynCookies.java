package io.tapstack.tcp;

import io.tapstack.base.SipHash;
import io.tapstack.base.StackTime;
import io.tapstack.link.Packet;
import io.tapstack.wire.IpAddress;
import java.util.random.RandomGenerator;

/**
 * SYN cookies, RFC 4987 section 3.6: an initial sequence number that holds what must be known of
 * the SYN when the ACK comes, so that nothing is remembered. In Linux's layout:
 *
 * <pre>
 *   cookie = F1(4-tuple) + SEG.SEQ + slot * 2^24 + (F2(4-tuple, slot) + index) mod 2^24
 * </pre>
 *
 * where a slot lasts 64 seconds and the index is that of an MSS in a table. Window scale, SACK and
 * ECN lie in the low six bits of the timestamp, which comes back as an echo:
 *
 * <pre>
 *   +--------------------------+-----+------+-----------------+
 *   | the clock, rounded down  | ECN | SACK | scale, 15: none |
 *   +--------------------------+-----+------+-----------------+
 *              26 bits            1      1          4
 * </pre>
 *
 * A pure function of segment, time and secret: nothing is stored, nothing allocated.
 */
final class SynCookies {
  /** How many slots old a cookie may be: it lives 64 to 128 seconds. */
  private static final int VALID_SLOTS = 2;

  private static final int COOKIE_BITS = 24;
  private static final int COOKIE_MASK = (1 << COOKIE_BITS) - 1;

  private static final long SLOT = 64_000_000_000L;

  private static final int OPTION_BITS = 6;
  private static final int OPTION_MASK = (1 << OPTION_BITS) - 1;
  private static final int NO_SCALE = 15;
  private static final int SACK = 16;
  private static final int ECN = 32;

  /**
   * Ascending: 536 and 1220 are what IP guarantees (MUST-15), the others are what Ethernet, tunnels
   * and jumbo frames make of it.
   */
  private static final int[] MSS = {536, 1220, 1300, 1380, 1440, 1460, 4312, 8940};

  private final StackTime time;
  private final SipHash whole;
  private final SipHash slotted;

  SynCookies(StackTime time, RandomGenerator random) {
    this.time = time;
    whole = SipHash.withRandomKey(random);
    slotted = SipHash.withRandomKey(random);
  }

  /** How long after a listener's queue was full a cookie may come: as long as one is valid. */
  static long memory() {
    return VALID_SLOTS * SLOT;
  }

  /** The initial sequence number that answers a SYN. */
  int make(Packet syn, int localPort, int remotePort, int sequence, int peerMss) {
    int mss =
        peerMss >= 0
            ? peerMss
            : IpAddress.isV4(syn.sourceHigh, syn.sourceLow) ? 536 : 1220; // MUST-15
    int index = MSS.length - 1;
    while (index > 0 && MSS[index] > mss) {
      index--;
    }
    long ports = (long) localPort << 16 | remotePort;
    int slot = slot();
    int rest = f2(syn, ports, slot) + index & COOKIE_MASK;
    return f1(syn, ports) + sequence + (slot << COOKIE_BITS) + rest;
  }

  /**
   * Reads the cookie that an ACK brings back.
   *
   * @param sequence that of the SYN
   * @return the MSS, or -1 if it is no cookie of ours, or too old
   */
  int check(Packet ack, int localPort, int remotePort, int sequence, int cookie) {
    long ports = (long) localPort << 16 | remotePort;
    int rest = cookie - f1(ack, ports) - sequence;
    int now = slot();
    int age = now - (rest >>> COOKIE_BITS) & 0xff;
    if (age >= VALID_SLOTS) {
      return -1;
    }
    int index = rest - f2(ack, ports, now - age) & COOKIE_MASK;
    return index < MSS.length ? MSS[index] : -1;
  }

  /** The clock of timestamps with the options in its low bits; never later than it is. */
  static int encode(int clock, SynOptions options) {
    int bits =
        (options.scale >= 0 ? options.scale : NO_SCALE)
            | (options.sack ? SACK : 0)
            | (options.ecn ? ECN : 0);
    int stamp = clock & ~OPTION_MASK | bits;
    return stamp - clock > 0 ? stamp - (1 << OPTION_BITS) : stamp;
  }

  /** What {@link #encode} put in, from the echo without the connection's offset. */
  static void decode(int stamp, TcpConfig config, SynOptions options) {
    int scale = stamp & NO_SCALE;
    options.scale = config.windowScaling() && scale != NO_SCALE ? scale : -1;
    options.sack = config.sack() && (stamp & SACK) != 0;
    options.ecn = config.ecn() != EcnMode.OFF && (stamp & ECN) != 0;
  }

  private int slot() {
    return (int) (time.now() / SLOT);
  }

  private int f1(Packet packet, long ports) {
    return (int)
        whole.hash(
            packet.destinationHigh,
            packet.destinationLow,
            packet.sourceHigh,
            packet.sourceLow,
            ports);
  }

  private int f2(Packet packet, long ports, int slot) {
    return (int)
        slotted.hash(
            packet.destinationHigh,
            packet.destinationLow,
            packet.sourceHigh,
            packet.sourceLow,
            ports | (long) slot << 32);
  }
}
