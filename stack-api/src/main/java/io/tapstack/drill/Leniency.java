package io.tapstack.drill;

import io.tapstack.drill.Script.Event;
import io.tapstack.drill.Script.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * What neutral mode lets a stack do with plain ACKs of in-order data: send one that the script does
 * not list, send a listed one up to half a second late, or let a later listed segment carry it. In
 * exact mode nothing is let pass.
 */
final class Leniency {
  /** MUST-40 of RFC 9293: the longest that an ACK may be delayed. */
  private static final long LATEST = 500_000_000;

  private record Excuse(int line, String text, Segment segment, Flow flow, long deadline) {}

  private final Mode mode;
  private final PacketMatcher matcher;
  private final List<Excuse> excuses = new ArrayList<>();

  Leniency(Mode mode, PacketMatcher matcher) {
    this.mode = mode;
    this.matcher = matcher;
  }

  /** Whether a listed segment that did not come in time may come later; then it is remembered. */
  boolean excuses(Event event, Segment wanted, Flow flow, long limit) {
    if (mode == Mode.EXACT
        || event.when().any()
        || !PacketMatcher.isPureAck(wanted)
        || !flow.received.isExcusable(wanted.ack())) {
      return false;
    }
    excuses.add(new Excuse(event.line(), event.text(), wanted, flow, limit + LATEST));
    flow.received.listed(wanted.ack());
    return true;
  }

  /** Whether a segment that is not the listed one may pass. */
  boolean tolerates(Segment seen, long time, Flow flow) {
    if (mode == Mode.EXACT || !PacketMatcher.isPureAck(seen)) {
      return false;
    }
    for (Excuse excuse : excuses) {
      if (excuse.flow() == flow
          && seen.ack() == excuse.segment().ack()
          && time <= excuse.deadline()) {
        boolean same = matcher.difference(excuse.segment(), seen, flow) == null;
        if (same) {
          made(seen, flow);
        }
        return same;
      }
    }
    if (flow.received.isNews(seen.ack(), time)) {
      flow.received.acknowledged(seen.ack());
      return true;
    }
    return false;
  }

  /** A listed segment came. */
  void listed(Segment seen, Flow flow) {
    if (seen.ack() >= 0) {
      flow.received.listed(seen.ack());
      made(seen, flow);
    }
  }

  private void made(Segment seen, Flow flow) {
    flow.received.acknowledged(seen.ack());
    excuses.removeIf(e -> e.flow() == flow && e.segment().ack() <= seen.ack());
  }

  /** Until when something that is owed may come; -1 if nothing is owed. */
  long deadline() {
    return excuses.stream().mapToLong(Excuse::deadline).min().orElse(-1);
  }

  void checkNothingOwed() {
    if (!excuses.isEmpty()) {
      Excuse first = excuses.get(0);
      throw new Mismatch(first.line(), first.text(), "neither it nor a later ACK");
    }
  }
}
