package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.ip.Ip;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the variables of RFC 9293 section 3.3.1 (the TCB), in the RFC's names, and what
 * an application may do with it. {@link TcpInput} processes segments, {@link TcpOutput} sends them,
 * {@link TcpExpiry} handles timers.
 *
 * <p>Threads: {@code read} and {@code readable} may be called by one reader at a time, {@code
 * write} and {@code writable} by one writer at a time, neither of which needs to own the stack;
 * everything else by the owner of the stack, except that {@link #state}, {@link #failure} and the
 * addresses may be read anywhere. {@link #close} and {@link #abort} promise that no read or write
 * is running or follows: after them, the buffers belong to somebody else.
 */
public final class TcpConnection extends Flow {
  final Tcp tcp;

  volatile TcpState state = TcpState.CLOSED;

  /** What is left of the connection in the stack, once that is only a record; it has the state. */
  volatile @Nullable TimeWait timeWait;

  volatile @Nullable Result failure;
  private volatile boolean writeShut;

  /** Set once the peer's FIN is in order; what was published before it is all there is. */
  volatile boolean finReceived;

  TcpEvents events = TcpEvents.NONE;

  /** The application will neither read nor write any more. */
  boolean applicationClosed;

  // ---- send sequence variables ----
  final SendRing sendRing;
  int iss;
  int sndUna;

  /** Next to send. */
  int sndNxt;

  /**
   * The highest sequence number sent plus one: SND.NXT of the RFC's acceptability tests. Beyond
   * {@link #sndNxt} only what a probe of a shut window sent.
   */
  int sndMax;

  int sndWnd;
  int sndWl1;
  int sndWl2;
  int maxSndWnd;
  int sndScale;

  /** Effective send MSS: payload bytes of a full segment, options subtracted (MUST-16). */
  int sndMss;

  boolean finQueued;

  /** Where in the send stream the FIN stands, once it is queued. */
  long finPosition;

  /** SO_SNDBUF: the application has chosen a size, which does not change any more. */
  boolean sendBufferFixed;

  boolean noDelay;

  /** The DSCP of what is sent, in the upper six bits. */
  int trafficClass;

  int timeToLive = Ip.DEFAULT_TTL;
  final Urgent urgent = new Urgent();
  long lastSendTime;

  // ---- receive sequence variables ----
  final ReceiveRing receiveRing = new ReceiveRing();
  final ReceiveBuffer receiveBuffer;
  final OutOfOrderStore outOfOrder;

  /** What we tell the peer of {@link #outOfOrder}, once both sides agreed to SACK (RFC 2018). */
  final SackBlocks sackBlocks = new SackBlocks();

  final DelayedAck delayedAck;

  /** Whether the window that the peer was told of last is shut. */
  boolean zeroWindow;

  boolean sack;
  int irs;
  int rcvNxt;

  /** The right edge of the largest window ever advertised: RCV.NXT + RCV.WND. */
  int rcvAdv;

  int rcvScale;

  /** The MSS that we advertise: what a full segment of the peer's brings. */
  int rcvMss;

  boolean finKnown;
  int rcvFinSeq;
  int lastAckSent;

  /** An ACK is owed before the turn ends; every segment that carries one pays it. */
  boolean ackNow;

  // ---- timestamps, RFC 7323 ----
  boolean timestamps;
  int timestampOffset;
  int tsRecent;
  long tsRecentTime;

  /** What TS.Recent was when a hole opened; the same as TS.Recent while there is none. */
  int tsBeforeHole;

  // ---- round trips, congestion, timers ----
  final RttEstimator rtt;
  final ChosenCongestionControl congestion;
  LossRecovery recovery;
  final Pacer pacer = new Pacer();
  long maxPacingRate = Long.MAX_VALUE;
  final SendLimits sendLimits = new SendLimits();
  final TcpTimers timers;
  boolean timing;
  int timedSequence;
  long timedSince;
  int retransmissions;

  /** Our timestamp clock when the retransmission timer expired last. */
  int retransmitTimestamp;

  long retransmittingSince;
  int probes;
  long probingSince;
  @Nullable Result softError;
  final Ecn ecn;
  final PathMtu path = new PathMtu(this);
  private boolean softErrorsMuted;
  @Nullable KeepAlive keepAlive;

  /** {@link #userTimeout}, or 0 for the limits of the stack. */
  long userTimeout;

  long lastReceiveTime;
  long lastDataTime;

  // ---- counts, for TcpInfo ----
  long bytesSent;
  long bytesRetransmitted;
  long segmentsOut;
  long segmentsIn;
  long totalRetransmissions;
  long timeouts;
  long fastRecoveries;
  long undos;
  long dsackDuplicates;
  long outOfOrderSegments;
  long deliveredCe;

  TcpConnection(
      Tcp tcp,
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    super(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    this.tcp = tcp;
    sendRing = new SendRing(tcp.ringMemory);
    receiveBuffer = new ReceiveBuffer(tcp.config);
    outOfOrder = new OutOfOrderStore(sackBlocks, tcp.receiveMemory.holders);
    delayedAck = new DelayedAck(tcp.config.quickAcks(), tcp.config.delayedAckNanos());
    rtt = new RttEstimator(tcp.config);
    congestion =
        new ChosenCongestionControl(
            tcp.config.congestionControl().get(),
            tcp.isnGenerator.seed(
                localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort));
    timers = new TcpTimers(this);
    ecn = new Ecn(tcp.config.ecn());
    long now = tcp.time.now();
    iss =
        tcp.isnGenerator.isn(
            now, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    timestampOffset =
        tcp.isnGenerator.timestampOffset(
            localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    recovery = new LossRecovery(this, iss);
    sndUna = iss;
    sndNxt = iss;
    sndMax = iss;
    lastSendTime = now;
    lastReceiveTime = now;
    lastDataTime = now;
  }

  /** Begins at another sequence number, before anything is sent. */
  void beginAt(int number) {
    iss = number;
    recovery = new LossRecovery(this, number);
    sndUna = number;
    sndNxt = number;
    sndMax = number;
  }

  // ---- identity and state ----

  public IpAddress localAddress() {
    return new IpAddress(localHigh, localLow);
  }

  public int localPort() {
    return localPort;
  }

  public IpAddress remoteAddress() {
    return new IpAddress(remoteHigh, remoteLow);
  }

  public int remotePort() {
    return remotePort;
  }

  /** The state; may be read by any thread. */
  public TcpState state() {
    TimeWait record = timeWait;
    return record == null ? state : record.state;
  }

  /** Why the connection ended, or null while it lives or if it ended well. Any thread. */
  public @Nullable Result failure() {
    return failure;
  }

  /** Whether the handshake is complete and the connection has not ended. Any thread. */
  public boolean isConnected() {
    TcpState now = state();
    return now.isSynchronized() && now != TcpState.TIME_WAIT;
  }

  /** Says who hears of changes from now on. */
  public void events(TcpEvents listener) {
    events = listener;
  }

  // ---- the reader ----

  /**
   * Reads what has arrived, at most {@code length} bytes.
   *
   * @return the number of bytes; 0 if there is nothing now; -1 if nothing will come any more,
   *     because the peer sent FIN or the connection ended, for which see {@link #failure}
   */
  public int read(byte[] target, int offset, int length) {
    boolean ended = hasEnded(); // before the bytes: whatever came before the end is there
    int n = receiveRing.read(target, offset, length);
    return n == 0 && ended && length > 0 ? -1 : n;
  }

  /** As {@link #read(byte[], int, int)}, into the buffer's remaining space. */
  public int read(ByteBuffer target) {
    boolean ended = hasEnded();
    boolean wanted = target.hasRemaining();
    int n = receiveRing.read(target);
    return n == 0 && ended && wanted ? -1 : n;
  }

  private boolean hasEnded() {
    return finReceived || state == TcpState.CLOSED;
  }

  /** How many bytes can be read now. */
  public int readable() {
    return receiveRing.readable();
  }

  // ---- the writer ----

  /**
   * Queues bytes to be sent; {@link #flush} sends them. Accepted from SYN-SENT on (RFC 9293 section
   * 3.10.2).
   *
   * @return how many bytes were taken: 0 if the buffer is full or nothing can be sent any more
   */
  public int write(byte[] source, int offset, int length) {
    return acceptsWrites() ? sendRing.write(source, offset, length) : 0;
  }

  /** As {@link #write(byte[], int, int)}, from the buffer's position on, which moves. */
  public int write(ByteBuffer source) {
    return acceptsWrites() ? sendRing.write(source) : 0;
  }

  /** How many bytes can be written now. */
  public int writable() {
    return acceptsWrites() ? sendRing.room() : 0;
  }

  /** Whether this side may still write: not closed, shut down or failed. Any thread. */
  public boolean acceptsWrites() {
    return !writeShut && state != TcpState.CLOSED;
  }

  // ---- the owner of the stack ----

  /** Sends what may be sent of what was written. */
  public void flush() {
    tcp.sender.send(this);
  }

  /** Takes back what was read, and tells the peer if the window has opened enough. */
  public void consumed() {
    receiveRing.reclaim();
    if (state.receivesData()) {
      tcp.receiveWindow.consumed(this);
    }
  }

  /** Ends this side's stream: FIN follows what was written. Reading goes on. */
  public void shutdownOutput() {
    writeShut = true;
    if (finQueued || state == TcpState.CLOSED) {
      return;
    }
    switch (state) {
      case SYN_SENT, SYN_RECEIVED -> queueFin();
      case ESTABLISHED -> {
        queueFin();
        state = TcpState.FIN_WAIT_1;
      }
      case CLOSE_WAIT -> {
        queueFin();
        state = TcpState.LAST_ACK;
      }
      default -> {
        return;
      }
    }
    tcp.sender.send(this);
  }

  private void queueFin() {
    finQueued = true;
    finPosition = sendRing.tail();
  }

  /**
   * Closes both directions. What was written is still delivered, then FIN. If received data was not
   * read the peer learns it by RST (RFC 9293 section 3.6.1, SHLD-3).
   */
  public void close() {
    if (applicationClosed) {
      return;
    }
    boolean unread = receiveRing.unread() > 0;
    applicationClosed = true;
    events = TcpEvents.NONE;
    writeShut = true;
    receiveRing.releaseAll();
    TimeWait record = timeWait;
    if (record != null) {
      record.connection = null; // in TIME-WAIT, everything was acknowledged: nothing to say
      sendRing.release();
    } else if (state == TcpState.CLOSED) {
      sendRing.release();
    } else if (state == TcpState.SYN_SENT) {
      tcp.end(this, Result.CLOSED);
    } else if (unread) {
      abortNow();
    } else {
      shutdownOutput();
      if (state == TcpState.FIN_WAIT_2) {
        timers.set(TcpTimers.LINGER, tcp.time.now() + tcp.config.finWait2Nanos());
        tcp.reduce(this);
      }
    }
  }

  /** Ends the connection at once; the peer gets RST (RFC 9293 section 3.10.5). */
  public void abort() {
    applicationClosed = true;
    events = TcpEvents.NONE;
    writeShut = true;
    receiveRing.releaseAll();
    TimeWait record = timeWait;
    if (record != null) {
      record.connection = null;
      failure = record.state == TcpState.CLOSED ? failure : Result.CLOSED;
      sendRing.release();
      tcp.abort(record);
    } else if (state == TcpState.CLOSED) {
      sendRing.release();
    } else {
      abortNow();
    }
  }

  /** RFC 9293 section 3.10.5: RST where the peer knows of the connection and it is not closing. */
  void abortNow() {
    switch (state) {
      case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK ->
          tcp.output.sendReset(this);
      default -> {}
    }
    tcp.end(this, Result.CLOSED);
  }

  /**
   * Whether small segments are sent at once, without Nagle's algorithm (MUST-17). Off by default.
   */
  public void noDelay(boolean on) {
    noDelay = on;
    if (on) {
      tcp.sender.send(this);
    }
  }

  /**
   * Changes the congestion control, at any time. Within a connection the new one begins with the
   * window and the threshold that the old one had.
   *
   * @param algorithm for this connection alone
   */
  public void congestionControl(CongestionControl algorithm) {
    congestion.choose(algorithm, tcp.time.now());
  }

  /**
   * Changes the congestion control by name.
   *
   * @throws IllegalArgumentException if {@link CongestionControls#names} does not have it
   */
  public void congestionControl(String name) {
    congestionControl(CongestionControls.named(name).get());
  }

  /**
   * Limits the rate at which segments leave, and paces them: Linux's {@code SO_MAX_PACING_RATE}.
   *
   * @param bytesPerSecond at least 1; {@link Long#MAX_VALUE} for no limit, the default
   */
  public void maxPacingRate(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "a connection is paced at 1 byte per second or more, not at " + bytesPerSecond);
    }
    maxPacingRate = bytesPerSecond;
    tcp.sender.send(this);
  }

  /** The name of the congestion control. */
  public String congestionControl() {
    return congestion.name();
  }

  /**
   * How many bytes may wait to be acknowledged (SO_SNDBUF). Turns auto-tuning off; what waits
   * already stays.
   *
   * @param bytes 2 KiB to 1 GiB
   */
  public void sendBuffer(int bytes) {
    sendBufferFixed = true;
    if (sendRing.limit(TcpConfig.checkBuffer(bytes))) {
      events.changed(TcpEvents.WRITABLE);
    }
  }

  /** How many bytes may wait to be acknowledged at this moment. */
  public int sendBuffer() {
    return sendRing.limit();
  }

  /**
   * How many received bytes may wait for the application (SO_RCVBUF). Turns auto-tuning off. A
   * smaller buffer takes nothing back that the peer was told of (SHLD-14), and the scale of the
   * window is that of the handshake.
   *
   * @param bytes 2 KiB to 1 GiB
   */
  public void receiveBuffer(int bytes) {
    receiveBuffer.fix(TcpConfig.checkBuffer(bytes));
    openWindow();
  }

  /** How many received bytes may wait for the application at this moment. */
  public int receiveBuffer() {
    return receiveBuffer.size();
  }

  /**
   * Bounds the window that the peer is told of (TCP_WINDOW_CLAMP); what it was told before stands.
   *
   * @param bytes at least 1
   */
  public void windowClamp(int bytes) {
    receiveBuffer.clamp(Math.max(bytes, 1));
    openWindow();
  }

  private void openWindow() {
    if (state.isSynchronized() && state.receivesData()) {
      tcp.receiveWindow.update(this);
    }
  }

  /**
   * TCP_QUICKACK: on, an ACK that waits is sent and the next ones are quick as long as that is
   * useful; off, ACKs wait for the application's answers until something is lost.
   */
  public void quickAck(boolean on) {
    delayedAck.allow(on);
    if (on && timers.isSet(TcpTimers.DELAYED_ACK)) {
      tcp.output.sendAck(this);
    }
  }

  /**
   * Sets the type of service of what is sent from now on (MUST-48, SHLD-21); 0 by default.
   *
   * @param value 0 to 255; the two low bits belong to congestion notification and are ignored
   */
  public void trafficClass(int value) {
    trafficClass = value & 0xfc;
  }

  /**
   * Sets the TTL or hop limit of what is sent from now on (MUST-49); 64 by default.
   *
   * @param hops 1 to 255
   */
  public void timeToLive(int hops) {
    timeToLive = Math.min(Math.max(hops, 1), 255);
  }

  /**
   * Says that all that was written so far is urgent. The peer's application is told at once, even
   * if its window is shut. New applications should not need this (SHLD-13, RFC 6093).
   */
  public void sendUrgent() {
    urgent.mark(sendRing.tail());
    int before = sndMax;
    tcp.sender.send(this);
    if (sndMax == before && state.sendsData()) {
      tcp.output.sendAck(this);
    }
  }

  /** Whether ACKs are not held back for the application's answers. */
  public boolean quickAck() {
    return !delayedAck.isInteractive();
  }

  /** How many bytes, from the next one to read on, the peer calls urgent (MUST-33). */
  public long urgent() {
    return urgent.remaining(receiveRing.consumed());
  }

  /**
   * What is wrong on the way although the connection goes on, or null: UNREACHABLE after an ICMP
   * error, TIMED_OUT when data was sent three times without an answer (MUST-47, SHLD-9, SHLD-25).
   * The next answer of the peer takes it away.
   */
  public @Nullable Result softError() {
    return softError;
  }

  /** Whether {@link TcpEvents#SOFT_ERROR} is told (SHLD-20); it is unless turned off. */
  public void reportSoftErrors(boolean on) {
    softErrorsMuted = !on;
  }

  void noAnswer() {
    if (softError == null) {
      troubled(Result.TIMED_OUT);
    }
  }

  void troubled(Result what) {
    softError = what;
    if (!softErrorsMuted) {
      events.changed(TcpEvents.SOFT_ERROR);
    }
  }

  /**
   * Turns keepalive on or off (MUST-24); off by default.
   *
   * @param idleNanos how long the connection is idle before the first probe
   * @param intervalNanos the time between probes
   * @param probes how many unanswered probes end the connection; at least 2 (MUST-29)
   */
  public void keepAlive(boolean on, long idleNanos, long intervalNanos, int probes) {
    keepAlive = on ? new KeepAlive(idleNanos, intervalNanos, Math.max(probes, 2)) : null;
    timers.clear(TcpTimers.KEEP_ALIVE);
    if (on && state.isSynchronized() && timeWait == null) {
      timers.set(TcpTimers.KEEP_ALIVE, tcp.time.now() + idleNanos);
    }
  }

  /**
   * How long what was sent may stay unacknowledged, a SYN or a shut window unanswered, before the
   * connection ends with {@link Result#TIMED_OUT}: R2 of RFC 9293 section 3.8.3, as the application
   * wants it (MUST-21, MUST-22; RFC 5482 section 3.1 without its option). With keepalive on, it
   * also is what ends an idle connection whose peer answers no probe, however many those were. As
   * Linux's {@code TCP_USER_TIMEOUT}.
   *
   * @param nanos at least 0; 0, the default, is for the limits of the stack
   */
  public void userTimeout(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("a user timeout is not negative, but it is " + nanos);
    }
    userTimeout = nanos;
  }

  /** The user timeout in nanoseconds, or 0. */
  public long userTimeout() {
    return userTimeout;
  }

  /** What the connection knows of itself now. Allocates. */
  public TcpInfo info() {
    return InfoSnapshot.of(this);
  }

  // ---- for the classes that share the TCB ----

  /** The sequence number of a position of the send stream. */
  int sequenceOf(long position) {
    return iss + 1 + (int) position;
  }

  /** The position of a sequence number that is near SND.UNA and not before the stream. */
  long positionOf(int sequence) {
    long head = sendRing.head();
    return head + (sequence - sequenceOf(head));
  }

  boolean isSynAcknowledged() {
    return sndUna != iss;
  }

  /** Whether anything that was sent is not acknowledged. */
  boolean hasOutstanding() {
    return sndUna != sndMax;
  }

  /** Whether the peer has acknowledged our FIN. */
  boolean isFinAcknowledged() {
    return finQueued && Seq.gt(sndUna, sequenceOf(finPosition));
  }

  /** Writes from now on are refused. */
  void refuseWrites() {
    writeShut = true;
  }

  @Override
  public String toString() {
    return localAddress()
        + " "
        + localPort
        + " > "
        + remoteAddress()
        + " "
        + remotePort
        + " "
        + state;
  }
}
