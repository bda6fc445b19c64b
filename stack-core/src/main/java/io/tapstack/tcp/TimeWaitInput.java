package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES of RFC 9293 section 3.10.7.4 for TIME-WAIT, and for FIN-WAIT-2 of a connection
 * that the application has closed.
 */
final class TimeWaitInput {
  private final Tcp tcp;
  private final Segment seg;
  private final ChallengeAck challenges;
  private final TimeWaitTable table;

  TimeWaitInput(Tcp tcp, Segment segment, ChallengeAck challenges, TimeWaitTable table) {
    this.tcp = tcp;
    seg = segment;
    this.challenges = challenges;
    this.table = table;
  }

  /** MAY-2 and RFC 6191 section 2: whether a SYN is provably newer, and so ends TIME-WAIT. */
  boolean isNewIncarnation(TimeWait t) {
    int wanted = TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST | TcpHeader.FIN;
    if (t.state != TcpState.TIME_WAIT || (seg.flags & wanted) != TcpHeader.SYN) {
      return false;
    }
    if (t.timestamps && seg.options.hasTimestamps()) {
      int newer = seg.options.timestampValue() - t.tsRecent;
      return newer > 0 || newer == 0 && Seq.gt(seg.seq, t.rcvNxt);
    }
    return Seq.gt(seg.seq, t.rcvNxt);
  }

  void process(TimeWait t) {
    boolean rst = seg.has(TcpHeader.RST);
    if (isOldTimestamp(t) && !rst) {
      tcp.counters.pawsDrops++;
      answerInvalid(t);
      return;
    }
    // First, the sequence number.
    if (!TcpInput.isAcceptable(t.rcvNxt, t.rcvAdv, seg)) {
      if (!rst) {
        if (t.state == TcpState.TIME_WAIT && isItsFin(t)) {
          table.restart(t);
        }
        answerInvalid(t);
      }
      return;
    }
    if (t.timestamps && seg.options.hasTimestamps() && !rst && Seq.leq(seg.seq, t.rcvNxt)) {
      t.tsRecent = seg.options.timestampValue();
      t.tsRecentTime = tcp.time.now();
    }
    // Second, RST.
    if (rst) {
      reset(t);
      return;
    }
    // Fourth, SYN: RFC 5961 section 4.2.
    if (seg.has(TcpHeader.SYN)) {
      challenge(t);
      return;
    }
    // Fifth, ACK: RFC 5961 section 5.2 for what is older than any window.
    if (!seg.has(TcpHeader.ACK)) {
      return;
    }
    if (Seq.gt(seg.ack, t.sndNxt)) {
      answerInvalid(t);
    } else if (Seq.lt(seg.ack, t.oldestAck)) {
      challenge(t);
    } else if (t.state == TcpState.FIN_WAIT_2 && seg.sequenceLength() > 0) {
      finish(t);
    }
  }

  /** The last segment of the peer's stream once more. */
  private boolean isItsFin(TimeWait t) {
    return seg.has(TcpHeader.FIN) && seg.seq + seg.sequenceLength() == t.rcvNxt;
  }

  private void reset(TimeWait t) {
    // RFC 5961 section 3.2: exactly RCV.NXT, or a challenge.
    if (seg.seq != t.rcvNxt) {
      challenge(t);
    } else if (t.state == TcpState.FIN_WAIT_2) {
      tcp.counters.establishedResets++;
      end(t);
    } else if (!tcp.config.rfc1337()) {
      end(t);
    }
    // else RFC 1337 section 3 (F1): TIME-WAIT is not assassinated
  }

  /** In FIN-WAIT-2, something new beyond RCV.NXT. */
  private void finish(TimeWait t) {
    if (seg.seq == t.rcvNxt && seg.length == 0) {
      table.finished(t);
      tcp.replies.ack(t);
    } else {
      // RFC 9293 section 3.6.1: nobody will ever read it, and the peer is told so.
      tcp.replies.reset(t);
      end(t);
    }
  }

  private void end(TimeWait t) {
    table.end(t);
  }

  private boolean isOldTimestamp(TimeWait t) {
    return t.timestamps
        && seg.options.hasTimestamps()
        && seg.options.timestampValue() - t.tsRecent < 0
        && tcp.time.now() - t.tsRecentTime < TcpInput.PAWS_LIFETIME;
  }

  private void answerInvalid(TimeWait t) {
    if (challenges.mayAnswerInvalid(t)) {
      tcp.replies.ack(t);
    }
  }

  private void challenge(TimeWait t) {
    if (challenges.mayChallenge(t)) {
      tcp.replies.ack(t);
    }
  }
}
