package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;

/**
 * How a connection finds out about losses and repairs them before the retransmission timer does,
 * and how much it may have in flight meanwhile. {@link FastRecovery} for a peer without SACK,
 * {@link SackRecovery} with.
 */
interface LossRecovery {
  /** What is to be done about an ACK. */
  enum Verdict {
    NOTHING,
    /** Sends the first unacknowledged segment again, whatever the window. */
    RETRANSMIT
  }

  /**
   * How many more bytes the congestion window lets out; negative if more are out already.
   *
   * @param sndNxt the next number to be sent, which may be below the highest one sent
   */
  int room(int sndUna, int sndNxt);

  boolean isRecovering();

  /**
   * Takes in the SACK blocks of an ACK.
   *
   * @return whether they told anything new, which makes the ACK a duplicate one
   */
  boolean sacked(TcpOptions options, int sndUna, int sndMax);

  /** Where to go on sending, at or after a number: not with what the peer holds already. */
  int nextToSend(int sndNxt);

  /**
   * A duplicate ACK arrived.
   *
   * @param ack the acknowledgment number, equal to SND.UNA
   * @param sndMax the highest sequence number sent
   */
  Verdict duplicateAck(int ack, int sndMax, int mss);

  /**
   * New data was acknowledged.
   *
   * @param acked how many bytes
   * @param flight how many were in flight before
   */
  Verdict newAck(int ack, int acked, int flight, int mss);

  /** The retransmission timer expired. */
  void timedOut(int sndMax);
}
