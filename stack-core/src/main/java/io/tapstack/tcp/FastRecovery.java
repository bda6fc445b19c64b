package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;

/**
 * Loss detection by duplicate ACKs and the recovery that follows, for a peer without SACK: limited
 * transmit (RFC 3042), fast retransmit and fast recovery (RFC 5681 section 3.2) in the NewReno form
 * (RFC 6582).
 */
final class FastRecovery implements LossRecovery {
  /** RFC 5681 section 3.2: the duplicate ACK that is taken for a loss. */
  private static final int DUP_THRESH = 3;

  private final CongestionControl congestion;
  private final AckSample sample = new AckSample();
  private int duplicates;
  private boolean recovering;

  /** SND.NXT when the last loss was detected: one more than the RFC's variable of this name. */
  private int recover;

  /** Bytes that duplicate ACKs say have left the network, on top of cwnd. */
  private int inflation;

  FastRecovery(CongestionControl congestion, int iss) {
    this.congestion = congestion;
    recover = iss;
  }

  /** How much may be in flight: cwnd and what duplicate ACKs add to it. */
  int window() {
    return congestion.cwnd() + inflation;
  }

  @Override
  public int room(int sndUna, int sndNxt) {
    return window() - (sndNxt - sndUna);
  }

  /** There is no SACK here; blocks that come all the same are ignored. */
  @Override
  public boolean sacked(TcpOptions options, int sndUna, int sndMax) {
    return false;
  }

  @Override
  public int nextToSend(int sndNxt) {
    return sndNxt;
  }

  @Override
  public boolean isRecovering() {
    return recovering;
  }

  @Override
  public Verdict duplicateAck(int ack, int sndMax, int mss) {
    duplicates++;
    if (recovering) {
      // RFC 5681 section 3.2 (4); never more than what is outstanding can have left the network
      inflation = Math.min(inflation + mss, sndMax - ack);
      return Verdict.NOTHING;
    }
    if (duplicates < DUP_THRESH) {
      inflation = duplicates * mss; // RFC 3042: one new segment for each of the first two
      return Verdict.NOTHING;
    }
    inflation = 0;
    // RFC 6582 section 3.2 (2): duplicates of what was sent before the last loss say nothing new
    if (duplicates > DUP_THRESH || Seq.leq(ack, recover)) {
      return Verdict.NOTHING;
    }
    recovering = true;
    recover = sndMax;
    congestion.congested(CongestionControl.Cause.LOSS, sndMax - ack, 0);
    inflation = DUP_THRESH * mss;
    return Verdict.RETRANSMIT;
  }

  @Override
  public Verdict newAck(int ack, int acked, int flight, int mss) {
    duplicates = 0;
    if (!recovering) {
      inflation = 0;
      grow(acked, flight);
      return Verdict.NOTHING;
    }
    if (Seq.geq(ack, recover)) {
      recovering = false;
      inflation = 0;
      congestion.recovered(flight - acked, 0);
      return Verdict.NOTHING;
    }
    // RFC 6582 section 3.2 (3), a partial ACK: the next hole, and the window deflated by what left
    inflation = Math.max(inflation - acked, 0) + (acked >= mss ? mss : 0);
    return Verdict.RETRANSMIT;
  }

  /** RFC 6582 section 3.2 (4). */
  @Override
  public void timedOut(int sndMax) {
    duplicates = 0;
    recovering = false;
    inflation = 0;
    recover = sndMax;
  }

  private void grow(int acked, int flight) {
    sample.acked = acked;
    sample.priorInFlight = flight;
    sample.cwndLimited = flight >= congestion.cwnd() / 2;
    congestion.acked(sample);
  }
}
