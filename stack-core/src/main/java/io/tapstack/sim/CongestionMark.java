package io.tapstack.sim;

import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;

/** What a router with a long queue does to a frame of a sender that understands ECN. */
final class CongestionMark {
  private static final int NOT_ECT = 0;
  private static final int CE = 3;

  private CongestionMark() {}

  /**
   * RFC 3168 section 5: a packet whose sender understands ECN (ECT) becomes "congestion
   * experienced" (CE).
   *
   * @return whether it did; false if it is another kind of frame, not ECT, or CE already
   */
  static boolean set(ByteBuffer frame, int length) {
    if (!EthernetHeader.check(length)) {
      return false;
    }
    int at = EthernetHeader.LENGTH;
    switch (EthernetHeader.type(frame, 0)) {
      case EthernetHeader.TYPE_IPV4 -> {
        if (Ipv4Header.check(frame, at, length - at) && isMarkable(Ipv4Header.tos(frame, at))) {
          Ipv4Header.setEcn(frame, at, CE);
          return true;
        }
      }
      case EthernetHeader.TYPE_IPV6 -> {
        if (Ipv6Header.check(frame, at, length - at)
            && isMarkable(Ipv6Header.trafficClass(frame, at))) {
          Ipv6Header.setEcn(frame, at, CE);
          return true;
        }
      }
      default -> {}
    }
    return false;
  }

  private static boolean isMarkable(int trafficClass) {
    int ecn = trafficClass & 3;
    return ecn != NOT_ECT && ecn != CE;
  }
}
