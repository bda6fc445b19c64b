package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;

/**
 * Loss recovery with SACK, RFC 6675: the scoreboard tells which holes count as lost, the pipe
 * estimates what is still in the network, and holes and new data go out while the pipe is below the
 * congestion window. Limited transmit (RFC 3042) follows from the pipe.
 */
final class SackRecovery implements LossRecovery {
  private final CongestionControl congestion;
  private final AckSample sample = new AckSample();
  private final SackScoreboard scoreboard = new SackScoreboard();
  private int duplicates;
  private boolean recovering;

  /** The effective send MSS, as the last ACK knew it. */
  private int mss = 536;

  /** SND.NXT when the last loss was detected: one more than the RFC's RecoveryPoint. */
  private int recover;

  /** One past the highest number sent again in this recovery: the RFC's HighRxt plus one. */
  private int highRxt;

  /** What {@link #findHole} found. */
  private int holeLeft;

  private int holeRight;

  SackRecovery(CongestionControl congestion, int iss) {
    this.congestion = congestion;
    recover = iss;
    highRxt = iss;
  }

  SackScoreboard scoreboard() {
    return scoreboard;
  }

  @Override
  public int room(int sndUna, int sndNxt) {
    return congestion.cwnd() - pipe(sndUna, sndNxt);
  }

  /** SetPipe of RFC 6675 section 4: what was sent and is neither received nor lost. */
  private int pipe(int sndUna, int sndNxt) {
    if (!recovering) {
      return scoreboard.unsacked(sndUna, sndNxt);
    }
    int pipe = 0;
    int from = sndUna;
    for (int i = 0; i <= scoreboard.ranges(); i++) {
      boolean last = i == scoreboard.ranges();
      int to = last ? sndNxt : scoreboard.left(i);
      boolean lost = !last && scoreboard.isLostBefore(i, mss);
      if (!lost) {
        pipe += to - from;
      }
      pipe += Math.max(Seq.min(to, highRxt) - from, 0);
      from = last ? to : scoreboard.right(i);
    }
    return pipe;
  }

  @Override
  public int nextToSend(int sndNxt) {
    return scoreboard.skip(sndNxt);
  }

  @Override
  public boolean isRecovering() {
    return recovering;
  }

  @Override
  public boolean sacked(TcpOptions options, int sndUna, int sndMax) {
    return scoreboard.update(options, sndUna, sndMax);
  }

  @Override
  public Verdict duplicateAck(int ack, int sndMax, int segment) {
    mss = segment;
    duplicates++;
    if (recovering || Seq.leq(ack, recover)) {
      return Verdict.NOTHING; // RFC 6582 section 3.2 (2) serves here as well
    }
    boolean lost = !scoreboard.isEmpty() && scoreboard.isLostBefore(0, mss);
    // RFC 6675 section 5 (2): three duplicates, or the scoreboard says that it is lost
    if (duplicates < SackScoreboard.DUP_THRESH && !lost) {
      return Verdict.NOTHING;
    }
    recovering = true;
    recover = sndMax;
    congestion.congested(CongestionControl.Cause.LOSS, sndMax - ack, 0);
    highRxt = Seq.min(ack + mss, scoreboard.nextLeft(ack, sndMax));
    return Verdict.RETRANSMIT; // section 5 (4.3): the first segment, whatever the pipe
  }

  @Override
  public Verdict newAck(int ack, int acked, int flight, int segment) {
    mss = segment;
    duplicates = 0;
    scoreboard.advance(ack);
    highRxt = Seq.max(highRxt, ack);
    if (!recovering) {
      grow(acked, flight);
    } else if (Seq.geq(ack, recover)) {
      recovering = false;
    }
    return Verdict.NOTHING;
  }

  /**
   * The next hole to be sent again: NextSeg of RFC 6675 section 4, rule 1, and rule 3 if there is
   * no new data to send instead. {@link #holeLeft} and {@link #holeRight} tell where it is.
   *
   * @param newData whether new data could be sent
   */
  boolean findHole(int sndUna, boolean newData) {
    int from = Seq.max(sndUna, highRxt);
    int previous = sndUna;
    for (int i = 0; i < scoreboard.ranges(); i++) {
      int start = Seq.max(previous, from);
      int end = scoreboard.left(i);
      if (Seq.lt(start, end) && (!newData || scoreboard.isLostBefore(i, mss))) {
        holeLeft = start;
        holeRight = end;
        return true;
      }
      previous = scoreboard.right(i);
    }
    return false;
  }

  int holeLeft() {
    return holeLeft;
  }

  int holeRight() {
    return holeRight;
  }

  /** A part of a hole was sent again. */
  void retransmitted(int to) {
    highRxt = Seq.max(highRxt, to);
  }

  @Override
  public void timedOut(int sndMax) {
    duplicates = 0;
    recovering = false;
    recover = sndMax;
    scoreboard.clear();
  }

  private void grow(int acked, int flight) {
    sample.acked = acked;
    sample.priorInFlight = flight;
    sample.cwndLimited = flight >= congestion.cwnd() / 2;
    congestion.acked(sample);
  }
}
