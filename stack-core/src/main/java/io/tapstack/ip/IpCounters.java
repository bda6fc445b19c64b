package io.tapstack.ip;

/**
 * What one interface carried and what it dropped. Written by the owner of the stack; another
 * thread's reading may be a little old.
 */
public final class IpCounters {
  long framesIn;
  long bytesIn;
  long framesOut;
  long bytesOut;
  long delivered;
  long icmpErrorsIn;
  long icmpErrorsOut;
  long echoReplies;
  long fragmentsIn;
  long fragmentsOut;
  long reassembled;
  private final long[] drops = new long[IpDrop.values().length];

  IpCounters() {}

  void drop(IpDrop why) {
    drops[why.ordinal()]++;
  }

  /** Frames that came in, dropped ones included. */
  public long framesIn() {
    return framesIn;
  }

  /** Bytes of the frames that came in, Ethernet header included. */
  public long bytesIn() {
    return bytesIn;
  }

  /** Frames that the link took. */
  public long framesOut() {
    return framesOut;
  }

  /** Bytes of the frames that the link took, Ethernet header included. */
  public long bytesOut() {
    return bytesOut;
  }

  /** Packets handed to a transport. */
  public long delivered() {
    return delivered;
  }

  /** ICMP errors about packets of ours. */
  public long icmpErrorsIn() {
    return icmpErrorsIn;
  }

  /** ICMP errors sent about packets that came in here. */
  public long icmpErrorsOut() {
    return icmpErrorsOut;
  }

  /** Echo requests answered. */
  public long echoReplies() {
    return echoReplies;
  }

  /** Fragments that came in, and whose lengths could be. */
  public long fragmentsIn() {
    return fragmentsIn;
  }

  /** Fragments sent. */
  public long fragmentsOut() {
    return fragmentsOut;
  }

  /** Datagrams put together from fragments. */
  public long reassembled() {
    return reassembled;
  }

  /** How many were dropped for this reason. */
  public long dropped(IpDrop why) {
    return drops[why.ordinal()];
  }

  /** How many were dropped in all. */
  public long dropped() {
    long sum = 0;
    for (long count : drops) {
      sum += count;
    }
    return sum;
  }
}
