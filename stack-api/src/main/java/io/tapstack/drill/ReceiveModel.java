package io.tapstack.drill;

import io.tapstack.drill.Script.Segment;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the peer has sent, by the script: the in-order edge and what lies beyond it. From this,
 * neutral mode tells plain ACKs of in-order data from all others.
 */
final class ReceiveModel {
  /** From this time on the in-order edge was there. */
  private record Moment(long time, long edge) {}

  private final TreeMap<Long, Long> beyond = new TreeMap<>();
  private final List<Moment> history = new ArrayList<>();
  private long edge = -1;
  private long firstData = -1;
  private long acknowledged = -1;
  private long listed = -1;
  private boolean plain = true;

  void reset() {
    beyond.clear();
    history.clear();
    edge = -1;
    firstData = -1;
    acknowledged = -1;
    listed = -1;
    plain = true;
  }

  void arrives(Segment segment, long time) {
    if ((segment.flags() & TcpHeader.RST) != 0) {
      return;
    }
    long start = segment.sequence();
    boolean syn = (segment.flags() & TcpHeader.SYN) != 0;
    if (syn && edge < 0) {
      edge = start + 1;
      firstData = edge;
      acknowledged = start;
    }
    long from = syn ? start + 1 : start;
    long to = from + segment.length() + ((segment.flags() & TcpHeader.FIN) != 0 ? 1 : 0);
    if (to == from) {
      return;
    }
    if (from != edge || !beyond.isEmpty()) {
      plain = false; // out of order, old, or filling a hole: its ACK is not a plain one
    }
    beyond.merge(from, to, Math::max);
    for (Map.Entry<Long, Long> first;
        (first = beyond.firstEntry()) != null && first.getKey() <= edge; ) {
      edge = Math.max(edge, first.getValue());
      beyond.remove(first.getKey());
    }
    history.add(new Moment(time, edge));
  }

  /** The stack acknowledged up to here. */
  void acknowledged(long ack) {
    acknowledged = Math.max(acknowledged, ack);
    plain = beyond.isEmpty();
  }

  /** The script has listed an ACK up to here. */
  void listed(long ack) {
    listed = Math.max(listed, ack);
  }

  /** The number of the peer's first byte; -1 before its SYN. */
  long firstData() {
    return firstData;
  }

  /** Whether an ACK sent at a time was news: of in-order data, up to the edge at that time. */
  boolean isNews(long ack, long time) {
    if (ack <= firstData || ack <= acknowledged) {
      return false;
    }
    for (int i = 0; i < history.size(); i++) {
      boolean replaced = i + 1 < history.size() && history.get(i + 1).time() < time;
      if (history.get(i).edge() == ack && history.get(i).time() <= time && !replaced) {
        return true;
      }
    }
    return false;
  }

  /** Whether such an ACK may be late or missing: nothing was out of order since the last one. */
  boolean isExcusable(long ack) {
    return plain && ack <= edge && ack > firstData && ack > listed;
  }
}
