package io.tapstack.tcp;

import io.tapstack.tcp.TcpInfo.CongestionState;
import io.tapstack.wire.TcpOptions;

/**
 * How one connection finds out about losses and answers them: the states that Linux has (open,
 * disorder, CWR, recovery, loss) over the records of {@link SentQueue}. {@link Rack} says what is
 * lost, or {@link DuplicateAcks} for a peer without SACK; {@link ProportionalRateReduction} says
 * how much may be in flight meanwhile; {@link SpuriousRecovery} and F-RTO (RFC 5682) find out that
 * nothing was lost. {@link CongestionControl} hears of it all.
 *
 * <p>For each ACK: {@link #begin}, {@link #acknowledged}, {@link #sacked}, {@link #finish}.
 */
final class LossRecovery {
  final SentQueue sent = new SentQueue();
  final RateSampler rate = new RateSampler();
  final MinRtt minRtt = new MinRtt();
  final TailLossProbe probe = new TailLossProbe();
  final Rack rack;

  private final TcpConnection c;
  private final ProportionalRateReduction reduction = new ProportionalRateReduction();
  private final SpuriousRecovery spurious = new SpuriousRecovery();
  private final DuplicateAcks duplicates;
  private final SackInput sacks = new SackInput();
  private CongestionState state = CongestionState.OPEN;

  /** SND.NXT when the last reduction began: one more than RFC 6582's "recover". */
  private int highSeq;

  private boolean frto;
  private long deliveredSegments;
  private boolean newDataFirst;

  /** The timer repeats the first segment, which a test of its loss needs not find lost first. */
  private boolean reneged;

  // What this ACK told so far.
  private long now;
  private int priorInFlight;
  private long priorDelivered;
  private long priorLost;
  private int priorSacked;
  private int fackBefore;
  private long firstRtt;
  private long lastRtt;
  private boolean originalDelivered;
  private boolean wasRecovering;
  private boolean hasEcho;
  private int echo;
  private int acked;

  LossRecovery(TcpConnection connection, int iss) {
    c = connection;
    rack = new Rack(iss);
    duplicates = new DuplicateAcks();
    highSeq = iss;
  }

  // ---- what may be sent ----

  CongestionState state() {
    return state;
  }

  /** The congestion window as it holds now. */
  int cwnd() {
    return isReducing() ? reduction.cwnd() : c.congestion.cwnd();
  }

  private boolean isReducing() {
    return (state == CongestionState.RECOVERY || state == CongestionState.CWR)
        && !c.congestion.controlsRecovery();
  }

  /** Whether lost segments are being repaired, or the window is being reduced. */
  boolean isRecovering() {
    return state == CongestionState.RECOVERY || state == CongestionState.CWR;
  }

  /** What is in the network: sent, and neither received nor lost. */
  int inFlight() {
    return Math.max(sent.inFlight() - duplicates.received() * c.sndMss, 0);
  }

  /** Segments delivered since the connection began, those sent again included. */
  long deliveredSegments() {
    return deliveredSegments;
  }

  /** How many more bytes the congestion window lets out; negative if more are out already. */
  int room() {
    return cwnd() - inFlight();
  }

  /** The record to be sent again next, or NONE. */
  int nextToRetransmit() {
    return newDataFirst ? SentQueue.NONE : sent.nextToRetransmit();
  }

  /** A segment of new data was sent. */
  void sentNew(int from, int to, long time) {
    if (sent.isEmpty()) {
      rate.flightBegins(time);
    }
    sent.append(from, to, time, rate);
    reduction.sent(to - from);
  }

  /** A record was sent again. */
  void sentAgain(int slot, long time, int timestamp) {
    sent.retransmitted(slot, time, rate);
    spurious.retransmitted(timestamp);
    reduction.sent(sent.length(slot));
  }

  // ---- an ACK arrives ----

  /**
   * An ACK arrives.
   *
   * @param hasEcho whether it echoes a timestamp, and which
   */
  void begin(long time, boolean hasEcho, int echo) {
    now = time;
    this.hasEcho = hasEcho;
    this.echo = echo;
    acked = 0;
    priorInFlight = inFlight();
    priorDelivered = rate.delivered();
    priorLost = rate.lost();
    priorSacked = sent.sackedBytes();
    fackBefore = rack.fack();
    firstRtt = -1;
    lastRtt = -1;
    originalDelivered = false;
    wasRecovering = isRecovering();
    newDataFirst = false;
    rate.begin();
  }

  /** SND.UNA moves by some bytes. */
  void acknowledged(int ack, int bytes) {
    acked = bytes;
    int segments = 0;
    boolean again = false;
    while (!sent.isEmpty()) {
      int slot = sent.first();
      if (Seq.leq(ack, sent.start(slot))) {
        break;
      }
      if (Seq.lt(ack, sent.end(slot))) {
        if (!sent.has(slot, SentQueue.SACKED)) {
          rate.delivered(ack - sent.start(slot), now);
        }
        sent.trimFirst(ack);
        break;
      }
      if (!sent.has(slot, SentQueue.SACKED)) {
        again |= sent.has(slot, SentQueue.EVER_RETRANSMITTED);
        delivered(slot, isForOriginal(slot));
      }
      sent.removeFirst();
      segments++;
    }
    if (again && !c.sack) {
      // Without SACK, what lies above may have arrived long before the repair (RFC 5682 2.1).
      originalDelivered = false;
    }
    duplicates.advanced(segments);
    rack.advanced(ack);
    if (!sent.isEmpty() && sent.has(sent.first(), SentQueue.SACKED)) {
      reneged = true; // it had said that it holds this
    } else {
      reneged = false;
    }
  }

  /** Takes in the SACK blocks of the ACK. */
  void sacked(TcpOptions options, int ack) {
    sacks.read(options, c, ack);
    if (sacks.hasDuplicate()) {
      c.dsackDuplicates++;
      int segments = Math.max((sacks.duplicateLength() + c.sndMss - 1) / c.sndMss, 1);
      if (spurious.duplicate(sacks.duplicateEnd(), segments)) {
        reordered();
      }
      if (!probe.isOutstanding()) {
        rack.duplicateReported(c.sndNxt);
      }
    }
    for (int i = 0; i < sacks.blocks(); i++) {
      int right = sacks.right(i);
      for (int slot = sacks.firstRecord(sent, i);
          slot != SentQueue.NONE && Seq.leq(sent.end(slot), right);
          slot = sent.after(slot)) {
        if (!sent.has(slot, SentQueue.SACKED)) {
          delivered(slot, false);
          sent.markSacked(slot);
        }
      }
    }
  }

  /** RFC 8985 section 6.2 step 2: the echo is older than what was sent again. */
  private boolean isForOriginal(int slot) {
    return hasEcho && echo - TcpOutput.timestamp(c, sent.sentTime(slot)) < 0;
  }

  private void delivered(int slot, boolean ambiguous) {
    c.path.delivered(slot);
    boolean again = sent.has(slot, SentQueue.EVER_RETRANSMITTED);
    if (!again) {
      lastRtt = now - sent.sentTime(slot);
      if (firstRtt < 0) {
        firstRtt = lastRtt;
      }
      originalDelivered |= Seq.leq(sent.end(slot), highSeq);
    }
    rate.delivered(sent, slot, sent.length(slot), now);
    deliveredSegments++;
    if (c.sack) {
      rack.delivered(sent, slot, fackBefore, minRtt.value(), ambiguous, now);
    }
  }

  /** The round trip of the oldest segment that this ACK delivered and was sent once, or -1. */
  long measuredRtt() {
    return firstRtt;
  }

  /** Whether the ACK told of data that the peer had not acknowledged before, in any way. */
  boolean isProgress() {
    return rate.delivered() != priorDelivered;
  }

  /** Whether the peer forgot what it said it held (RFC 2018 section 8). */
  boolean isReneged() {
    return reneged;
  }

  /**
   * All was taken in: what does it mean?
   *
   * @param news whether SND.UNA moved
   * @param duplicate whether it is a duplicate ACK as RFC 5681 section 2 defines it
   * @param bare whether it repeats SND.UNA and has neither data nor SACK, whatever is outstanding
   */
  void finish(AckSample sample, boolean news, boolean duplicate, boolean bare, boolean ecnEcho) {
    if (lastRtt >= 0) {
      minRtt.sample(lastRtt, now);
    }
    if (probe.acked(c.sndUna, sacks.hasDuplicate(), bare)) {
      // RFC 8985 section 7.4.2: the loss that the probe repaired was congestion all the same.
      c.congestion.congested(CongestionControl.Cause.LOSS, priorInFlight, now);
      c.congestion.recovered(inFlight(), now);
    }
    if (!reneged) {
      react(news, duplicate);
    }
    if (state == CongestionState.OPEN && sent.retransmittedBytes() == 0) {
      spurious.forgetStamp();
    }
    tell(sample, news, ecnEcho);
  }

  private void tell(AckSample sample, boolean news, boolean ecnEcho) {
    rate.finish(sample, Math.max(minRtt.value(), 0), now);
    sample.now = now;
    sample.acked = acked;
    sample.delivered = (int) (rate.delivered() - priorDelivered);
    sample.lost = (int) (rate.lost() - priorLost);
    sample.priorInFlight = priorInFlight;
    sample.inFlight = inFlight();
    sample.rtt = lastRtt;
    sample.srtt = c.rtt.srtt();
    sample.minRtt = minRtt.value();
    sample.cwndLimited = c.sendLimits.isCwndLimited(c);
    sample.recovering = wasRecovering || isRecovering(); // what ends it raises no window
    sample.ecnEcho = ecnEcho;
    if (isReducing()) {
      boolean safe = news && sample.lost == 0;
      reduction.acked(sample.delivered, sample.inFlight, safe, c.sndMss);
    }
    if (sample.delivered > 0 || sample.lost > 0) {
      c.congestion.acked(sample);
    }
  }

  // ---- what it means: RFC 5681, 6582, 8985, 5682 ----

  private void react(boolean news, boolean duplicate) {
    if (isRecovering() && Seq.geq(c.sndUna, highSeq)) {
      endReduction();
    }
    switch (state) {
      case RECOVERY -> {
        if (!c.sack && !news && duplicate) {
          duplicate();
        }
        if (news && undoPartially() || undoByDuplicates()) {
          return;
        }
        if (!c.sack && news) {
          loseFirst(); // RFC 6582 section 3.2 (3): a partial ACK shows the next hole
        }
        findLosses();
      }
      case LOSS -> {
        afterTimeout(news, duplicate);
        if (state == CongestionState.OPEN) {
          lookForLoss();
        }
      }
      default -> {
        if (!c.sack) {
          if (news) {
            duplicates.reset();
          } else if (duplicate) {
            duplicate();
          }
        }
        if (!undoByDuplicates()) {
          lookForLoss();
        }
      }
    }
  }

  private void lookForLoss() {
    findLosses();
    if (c.path.explainsLoss(isThirdDuplicate())) {
      return;
    }
    if (sent.lostSegments() > 0 || isThirdDuplicate()) {
      startRecovery();
    } else if (state != CongestionState.CWR) {
      boolean disorder = sent.sackedSegments() > 0 || duplicates.received() > 0;
      state = disorder ? CongestionState.DISORDER : CongestionState.OPEN;
    }
  }

  private void duplicate() {
    if (duplicates.duplicate(sent.segments())) {
      rate.delivered(Math.min(c.sndMss, sent.inFlight()), now);
    }
  }

  /** RFC 6582 section 3.2 (2): duplicates of what was sent before the last loss say nothing. */
  private boolean isThirdDuplicate() {
    return !c.sack && duplicates.isLoss() && Seq.gt(c.sndUna, highSeq);
  }

  private void loseFirst() {
    int slot = sent.first();
    if (slot != SentQueue.NONE && !sent.has(slot, SentQueue.LOST)) {
      rate.lost(sent.length(slot));
      sent.markLost(slot);
    }
  }

  private void findLosses() {
    if (!c.sack) {
      return;
    }
    if (!c.tcp.config.rack()) {
      int before = sent.lostBytes();
      sacks.markLost(sent, c.sndMss);
      rate.lost(Math.max(sent.lostBytes() - before, 0));
      return;
    }
    boolean recovering = state == CongestionState.RECOVERY || state == CongestionState.LOSS;
    long window =
        rack.reorderingWindow(recovering, sent.sackedSegments(), minRtt.value(), c.rtt.srtt());
    long timeout = rack.detectLoss(sent, window, rate, now);
    if (timeout > 0) {
      c.timers.set(TcpTimers.REORDERING, now + timeout);
    } else {
      c.timers.clear(TcpTimers.REORDERING);
    }
  }

  /** RFC 8985 section 6.2 step 5: the reordering timer expired. */
  void reorderingExpired(long time) {
    now = time;
    priorInFlight = inFlight();
    priorSacked = sent.sackedBytes();
    findLosses();
    if (c.path.explainsLoss(false)) {
      return;
    }
    if (sent.lostSegments() > 0 && state != CongestionState.RECOVERY) {
      if (state != CongestionState.LOSS) {
        startRecovery();
      }
    }
    if (isReducing()) {
      reduction.acked(0, inFlight(), false, c.sndMss);
    }
  }

  private void startRecovery() {
    c.tcp.counters.fastRetransmits++;
    c.fastRecoveries++;
    if (!c.sack) {
      loseFirst();
    }
    boolean reducing = state == CongestionState.CWR;
    spurious.begin(c.sndUna, sent.retransmittedSegmentsInFlight());
    highSeq = c.sndNxt;
    state = CongestionState.RECOVERY;
    frto = false;
    if (!reducing) {
      startReduction(CongestionControl.Cause.LOSS);
    }
  }

  private void startReduction(CongestionControl.Cause cause) {
    int flight = c.sndNxt - c.sndUna;
    c.ecn.reducedTo(c.sndNxt);
    c.congestion.congested(cause, flight + acked, now);
    int recoverFlight = flight - priorSacked + acked;
    reduction.begin(c.congestion.ssthresh(), recoverFlight, inFlight());
  }

  /** The peer met congestion (RFC 3168 section 6.1.2): as for a loss, without one. */
  void congestionExperienced(long time) {
    if (state != CongestionState.OPEN && state != CongestionState.DISORDER) {
      return;
    }
    now = time;
    spurious.end();
    highSeq = c.sndNxt;
    state = CongestionState.CWR;
    startReduction(CongestionControl.Cause.ECN);
  }

  private void endReduction() {
    boolean wasRecovery = state == CongestionState.RECOVERY;
    duplicates.reset();
    if (wasRecovery) {
      rack.recovered();
      if (isSpurious()) {
        undo(false);
        state = CongestionState.OPEN;
        return;
      }
    }
    state = CongestionState.OPEN;
    c.congestion.recovered(inFlight(), now);
  }

  // ---- undo ----

  private boolean isSpurious() {
    return spurious.isAllDuplicate() || spurious.isForOriginal(hasEcho, echo);
  }

  /** RFC 3522: a partial ACK that echoes what left before the first retransmission. */
  private boolean undoPartially() {
    if (!spurious.isForOriginal(hasEcho, echo)) {
      return false;
    }
    if (sent.retransmittedSegmentsInFlight() > 0) {
      return true; // wait for the outcome of those, send nothing more again
    }
    undo(true);
    state = CongestionState.OPEN;
    return true;
  }

  private boolean undoByDuplicates() {
    if (!c.tcp.config.duplicateSack() || !spurious.isAllDuplicate()) {
      return false;
    }
    undo(true);
    if (state == CongestionState.RECOVERY) {
      state = CongestionState.OPEN;
      return true;
    }
    return false;
  }

  /** What was found lost came after all, unless it was a timer that only assumed the loss. */
  private void reordered() {
    if (!spurious.isAfterTimeout()) {
      rack.reordered();
    }
  }

  private void undo(boolean forgetLosses) {
    reordered();
    if (forgetLosses) {
      sent.forgetLosses();
    }
    spurious.end();
    c.congestion.undo(now);
    c.undos++;
    c.tcp.counters.spuriousRecoveries++;
  }

  // ---- the retransmission timer ----

  /**
   * The retransmission timer expired (RFC 6298, RFC 8985 section 6.3).
   *
   * @param first whether this segment times out for the first time
   */
  void timedOut(long time, boolean first) {
    now = time;
    boolean newRecovery = state != CongestionState.RECOVERY && state != CongestionState.LOSS;
    c.ecn.reducedTo(c.sndNxt);
    boolean newWindow = newRecovery || Seq.leq(highSeq, c.sndUna) || first;
    c.congestion.timedOut(c.sndMax - c.sndUna, newWindow && first, now);
    if (newWindow) {
      spurious.beginAfterTimeout(c.sndUna, sent.retransmittedSegmentsInFlight());
    }
    // RFC 5682 section 2.1: not while a loss is known of already
    frto = c.tcp.config.forwardRto() && (newRecovery || !first);
    if (reneged) {
      sent.forgetSacks();
      sacks.forget();
      reneged = false;
      c.tcp.counters.sackReneging++;
    }
    duplicates.reset();
    long window = rack.reorderingWindow(true, sent.sackedSegments(), minRtt.value(), c.rtt.srtt());
    boolean byTime = c.sack && c.tcp.config.rack();
    int head = sent.first();
    for (int slot = head; slot != SentQueue.NONE; slot = sent.after(slot)) {
      boolean lost =
          slot == head || !byTime || rack.isLostOnTimeout(sent, slot, window, c.rtt.srtt(), now);
      if (lost && !sent.has(slot, SentQueue.SACKED)) {
        if (!sent.has(slot, SentQueue.LOST) || sent.has(slot, SentQueue.RETRANSMITTED)) {
          rate.lost(sent.length(slot));
        }
        sent.markLost(slot);
      }
    }
    state = CongestionState.LOSS;
    highSeq = c.sndNxt;
    probe.cancel();
    c.timers.clear(TcpTimers.REORDERING);
    c.timers.clear(TcpTimers.LOSS_PROBE);
  }

  /**
   * Segments that carry more than this are lost because of their size (RFC 1191 section 6.4): they
   * are sent again, and the congestion window stays, as in Linux's tcp_simple_retransmit.
   */
  void losePackets(int most, long time) {
    now = time;
    boolean any = false;
    for (int slot = sent.first(); slot != SentQueue.NONE; slot = sent.after(slot)) {
      if (c.path.dataLength(slot) > most && !sent.has(slot, SentQueue.SACKED)) {
        sent.markLost(slot);
        any = true;
      }
    }
    if (any) {
      repairWithoutReduction();
    }
  }

  /** A probe of the path MTU is lost because of its size (RFC 4821 section 7.6.2). */
  void loseProbe(int slot, long time) {
    now = time;
    sent.markLost(slot);
    repairWithoutReduction();
  }

  private void repairWithoutReduction() {
    spurious.end();
    duplicates.reset();
    probe.cancel();
    c.timers.clear(TcpTimers.REORDERING);
    c.timers.clear(TcpTimers.LOSS_PROBE);
    frto = false;
    if (!isRecovering()) {
      state = CongestionState.LOSS;
      highSeq = c.sndNxt;
    }
  }

  /** The peer's window opened again over what is in flight: the first segment need not wait. */
  void windowOpened() {
    int first = sent.first();
    if (state == CongestionState.LOSS && first != SentQueue.NONE) {
      sent.markLost(first);
    }
  }

  private void afterTimeout(boolean news, boolean duplicate) {
    boolean progress = isProgress();
    boolean recovered = Seq.geq(c.sndUna, highSeq);
    if (progress && isSpurious()) {
      undoTimeout();
      return;
    }
    if (frto) {
      forwardRto(progress, news, duplicate, recovered);
      if (state != CongestionState.LOSS || newDataFirst) {
        return;
      }
    }
    if (recovered) {
      duplicates.reset();
      state = CongestionState.OPEN;
      return;
    }
    if (!c.sack && !news && duplicate) {
      duplicate();
    } else if (!c.sack && news) {
      loseFirst();
    }
    findLosses();
  }

  /** RFC 5682 section 3.1, the algorithm with SACK, and section 2.1 without. */
  private void forwardRto(boolean progress, boolean news, boolean duplicate, boolean recovered) {
    // Step 3 (b): data that was sent once arrived, so the timeout was spurious.
    if (progress && originalDelivered) {
      undoTimeout();
      return;
    }
    if (Seq.gt(c.sndNxt, highSeq)) {
      // Step 3 (a): new data was sent, and the peer still misses what was lost.
      if (duplicate || c.sack && sent.sackedBytes() > priorSacked) {
        frto = false;
      }
    } else if (news && !recovered) {
      // Step 2 (b): new data is sent instead of what may be lost.
      highSeq = c.sndNxt;
      if (c.tcp.sender.hasNewData(c)) {
        newDataFirst = true;
      } else {
        frto = false;
      }
    }
  }

  private void undoTimeout() {
    undo(true);
    c.tcp.counters.spuriousTimeouts++;
    duplicates.reset();
    frto = false;
    c.retransmissions = 0;
    state = CongestionState.OPEN;
  }

  /** The connection gives its memory back. */
  void release() {
    sent.release();
    duplicates.reset();
    probe.cancel();
    state = CongestionState.OPEN;
  }
}
