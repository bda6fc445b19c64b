package io.tapstack.tcp;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * The constants of a stack's TCP. Immutable; begin with {@link #defaults()} and change what must
 * differ.
 */
public final class TcpConfig {
  private static final TcpConfig DEFAULTS = new TcpConfig(new Builder());

  private final Builder values;

  private TcpConfig(Builder values) {
    this.values = values;
  }

  /** The defaults, as documented at {@link Builder}. */
  public static TcpConfig defaults() {
    return DEFAULTS;
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  int sendBuffer() {
    return values.sendBuffer;
  }

  int maxSendBuffer() {
    return values.maxSendBuffer;
  }

  long sendMemory() {
    return values.sendMemory;
  }

  boolean receiveAutoTuning() {
    return values.receiveAutoTuning;
  }

  int receiveBuffer() {
    return values.receiveBuffer;
  }

  int maxReceiveBuffer() {
    return values.maxReceiveBuffer;
  }

  int quickAcks() {
    return values.quickAcks;
  }

  int maxConnections() {
    return values.maxConnections;
  }

  int maxHalfOpen() {
    return values.maxHalfOpen;
  }

  int maxTimeWait() {
    return values.maxTimeWait;
  }

  int maxOutOfOrder() {
    return values.maxOutOfOrder;
  }

  boolean timestamps() {
    return values.timestamps;
  }

  boolean sack() {
    return values.sack;
  }

  boolean windowScaling() {
    return values.windowScaling;
  }

  boolean duplicateSack() {
    return values.duplicateSack;
  }

  boolean rack() {
    return values.rack;
  }

  boolean tailLossProbe() {
    return values.tailLossProbe;
  }

  boolean forwardRto() {
    return values.forwardRto;
  }

  boolean slowStartAfterIdle() {
    return values.slowStartAfterIdle;
  }

  boolean pacing() {
    return values.pacing;
  }

  EcnMode ecn() {
    return values.ecn;
  }

  MtuProbing mtuProbing() {
    return values.mtuProbing;
  }

  int baseMss() {
    return values.baseMss;
  }

  int initialWindowSegments() {
    return values.initialWindowSegments;
  }

  Supplier<? extends CongestionControl> congestionControl() {
    return values.congestionControl;
  }

  long delayedAckNanos() {
    return values.delayedAck;
  }

  long minRtoNanos() {
    return values.minRto;
  }

  long initialRtoNanos() {
    return values.initialRto;
  }

  long maxRtoNanos() {
    return values.maxRto;
  }

  long synTimeoutNanos() {
    return values.synTimeout;
  }

  int synAckRetries() {
    return values.synAckRetries;
  }

  SynCookieMode synCookies() {
    return values.synCookies;
  }

  long invalidAckIntervalNanos() {
    return values.invalidAckInterval;
  }

  boolean abortOnOverflow() {
    return values.abortOnOverflow;
  }

  boolean rfc1337() {
    return values.rfc1337;
  }

  long retransmitTimeoutNanos() {
    return values.retransmitTimeout;
  }

  long timeWaitNanos() {
    return values.timeWait;
  }

  long finWait2Nanos() {
    return values.finWait2;
  }

  long orphanNanos() {
    return values.orphan;
  }

  /** The bytes of a buffer, if they are possible. */
  static int checkBuffer(int bytes) {
    if (bytes < 2048 || bytes > 1 << 30) {
      throw new IllegalArgumentException(
          "a buffer of " + bytes + " bytes is not possible; expected 2 KiB to 1 GiB");
    }
    return bytes;
  }

  /** Builds a {@link TcpConfig}. Durations are truncated to nanoseconds of at most 292 years. */
  public static final class Builder {
    private int sendBuffer = 256 * 1024;
    private int maxSendBuffer = 4 * 1024 * 1024;
    private long sendMemory = 256L * 1024 * 1024;
    private boolean receiveAutoTuning = true;
    private int receiveBuffer = 128 * 1024;
    private int maxReceiveBuffer = 6 * 1024 * 1024;
    private int quickAcks = 16;
    private int maxConnections = 262_144;
    private int maxHalfOpen = 1024;
    private int maxTimeWait = 32_768;
    private int maxOutOfOrder = 4096;
    private boolean timestamps = true;
    private boolean windowScaling = true;
    private boolean sack = true;
    private boolean duplicateSack = true;
    private boolean rack = true;
    private boolean tailLossProbe = true;
    private boolean forwardRto = true;
    private boolean slowStartAfterIdle = true;
    private boolean pacing;
    private EcnMode ecn = EcnMode.PASSIVE;
    private MtuProbing mtuProbing = MtuProbing.ON_BLACK_HOLE;
    private int baseMss = 1024;
    private int initialWindowSegments = 10;
    private Supplier<? extends CongestionControl> congestionControl = Cubic::new;
    private long delayedAck = Duration.ofMillis(40).toNanos();
    private long minRto = Duration.ofMillis(200).toNanos();
    private long initialRto = Duration.ofSeconds(1).toNanos();
    private long maxRto = Duration.ofSeconds(60).toNanos();
    private long synTimeout = Duration.ofMinutes(3).toNanos();
    private int synAckRetries = 5;
    private SynCookieMode synCookies = SynCookieMode.ON_OVERFLOW;
    private boolean abortOnOverflow;
    private long invalidAckInterval = 500_000_000;
    private boolean rfc1337 = true;
    private long retransmitTimeout = Duration.ofMinutes(15).toNanos();
    private long timeWait = Duration.ofSeconds(60).toNanos();
    private long finWait2 = Duration.ofSeconds(60).toNanos();
    private long orphan = Duration.ofMinutes(2).toNanos();

    private Builder() {}

    private Builder(Builder other) {
      sendBuffer = other.sendBuffer;
      maxSendBuffer = other.maxSendBuffer;
      sendMemory = other.sendMemory;
      receiveAutoTuning = other.receiveAutoTuning;
      receiveBuffer = other.receiveBuffer;
      maxReceiveBuffer = other.maxReceiveBuffer;
      quickAcks = other.quickAcks;
      maxConnections = other.maxConnections;
      maxHalfOpen = other.maxHalfOpen;
      maxTimeWait = other.maxTimeWait;
      maxOutOfOrder = other.maxOutOfOrder;
      timestamps = other.timestamps;
      windowScaling = other.windowScaling;
      sack = other.sack;
      duplicateSack = other.duplicateSack;
      rack = other.rack;
      tailLossProbe = other.tailLossProbe;
      forwardRto = other.forwardRto;
      slowStartAfterIdle = other.slowStartAfterIdle;
      pacing = other.pacing;
      ecn = other.ecn;
      mtuProbing = other.mtuProbing;
      baseMss = other.baseMss;
      initialWindowSegments = other.initialWindowSegments;
      congestionControl = other.congestionControl;
      delayedAck = other.delayedAck;
      minRto = other.minRto;
      initialRto = other.initialRto;
      maxRto = other.maxRto;
      synTimeout = other.synTimeout;
      synAckRetries = other.synAckRetries;
      synCookies = other.synCookies;
      abortOnOverflow = other.abortOnOverflow;
      invalidAckInterval = other.invalidAckInterval;
      rfc1337 = other.rfc1337;
      retransmitTimeout = other.retransmitTimeout;
      timeWait = other.timeWait;
      finWait2 = other.finWait2;
      orphan = other.orphan;
    }

    /**
     * How many bytes may wait to be acknowledged, without auto-tuning; as {@code sendBuffer(bytes,
     * bytes)}.
     */
    public Builder sendBuffer(int bytes) {
      return sendBuffer(bytes, bytes);
    }

    /**
     * How many bytes may wait to be acknowledged, rounded up to powers of two; 256 KiB at first and
     * up to 4 MiB, as far as Linux goes. In between the buffer doubles when it holds sending back
     * and is less than two congestion windows. From 2 KiB to 1 GiB.
     *
     * @param initial what a connection begins with
     * @param max what it may grow to
     */
    public Builder sendBuffer(int initial, int max) {
      sendBuffer = powerOfTwo(checkBuffer(initial));
      maxSendBuffer = powerOfTwo(checkBuffer(Math.max(initial, max)));
      return this;
    }

    private static int powerOfTwo(int bytes) {
      return Integer.highestOneBit(bytes - 1) << 1;
    }

    /**
     * How many bytes all send buffers together may have for one to grow, at least 1; 256 MiB.
     * Beyond it buffers keep the size they have.
     */
    public Builder sendMemory(long bytes) {
      sendMemory = bytes;
      return this;
    }

    /**
     * Whether receive buffers grow; yes. If not, the scale of the window is still chosen for the
     * most (Linux's {@code tcp_moderate_rcvbuf}).
     */
    public Builder receiveAutoTuning(boolean use) {
      receiveAutoTuning = use;
      return this;
    }

    /**
     * How many received bytes may wait for the application, without auto-tuning; as {@code
     * receiveBuffer(bytes, bytes)}.
     */
    public Builder receiveBuffer(int bytes) {
      return receiveBuffer(bytes, bytes);
    }

    /**
     * How many received bytes may wait for the application; 128 KiB at first and up to 6 MiB, as in
     * Linux. In between the buffer grows with what the application takes in a round trip; the scale
     * of the window is chosen for the most. From 2 KiB to 1 GiB.
     *
     * @param initial what a connection begins with
     * @param max what it may grow to
     */
    public Builder receiveBuffer(int initial, int max) {
      receiveBuffer = checkBuffer(initial);
      maxReceiveBuffer = checkBuffer(Math.max(initial, max));
      return this;
    }

    /**
     * How many connections the stack holds at most; 262,144. Half-open ones and those in TIME-WAIT
     * are not counted: they have limits of their own.
     */
    public Builder maxConnections(int connections) {
      maxConnections = connections;
      return this;
    }

    /** How many half-open connections a listener holds at most; 1,024. */
    public Builder maxHalfOpen(int connections) {
      maxHalfOpen = connections;
      return this;
    }

    /**
     * How many connections wait in TIME-WAIT, or closed in FIN-WAIT-2, at most; 32,768. Then the
     * oldest ends early.
     */
    public Builder maxTimeWait(int connections) {
      maxTimeWait = connections;
      return this;
    }

    /** How many out-of-order segments a connection keeps at most; 4,096. */
    public Builder maxOutOfOrder(int segments) {
      maxOutOfOrder = segments;
      return this;
    }

    /** Whether timestamps (RFC 7323 section 3) are offered and accepted; yes. */
    public Builder timestamps(boolean use) {
      timestamps = use;
      return this;
    }

    /** Whether window scaling (RFC 7323 section 2) is offered and accepted; yes. */
    public Builder windowScaling(boolean use) {
      windowScaling = use;
      return this;
    }

    /** Whether selective acknowledgment (RFC 2018) is offered and accepted; yes. */
    public Builder sack(boolean use) {
      sack = use;
      return this;
    }

    /** Whether duplicates are reported and reports believed (D-SACK, RFC 2883); yes. */
    public Builder duplicateSack(boolean use) {
      duplicateSack = use;
      return this;
    }

    /** Whether losses are found by time (RACK, RFC 8985), or by counting (RFC 6675); by time. */
    public Builder rack(boolean use) {
      rack = use;
      return this;
    }

    /** Whether the loss of last segments is probed for (TLP, RFC 8985 section 7); yes. */
    public Builder tailLossProbe(boolean use) {
      tailLossProbe = use;
      return this;
    }

    /** Whether spurious timeouts are looked for by F-RTO (RFC 5682); yes. */
    public Builder forwardRto(boolean use) {
      forwardRto = use;
      return this;
    }

    /** Whether the congestion window falls back after an idle time (RFC 5681 section 4.1); yes. */
    public Builder slowStartAfterIdle(boolean use) {
      slowStartAfterIdle = use;
      return this;
    }

    /**
     * Whether segments of every connection are spread over the round trip, at a rate that follows
     * from the congestion window; no, as in Linux, where it depends on the queueing discipline.
     * Algorithms that have a rate of their own, such as BBR, are always paced.
     */
    public Builder pacing(boolean use) {
      pacing = use;
      return this;
    }

    /** Whether ECN (RFC 3168) is asked for and granted; granted to peers who ask, as in Linux. */
    public Builder ecn(EcnMode mode) {
      ecn = mode;
      return this;
    }

    /** Whether connections find out by sending what a path carries; on a black hole. */
    public Builder mtuProbing(MtuProbing when) {
      mtuProbing = when;
      return this;
    }

    /**
     * The payload bytes per segment with which such a search begins, at least 88; 1024 as in Linux.
     * IPv6 begins no lower than every link carries.
     */
    public Builder baseMss(int bytes) {
      if (bytes < Tcp.MIN_MSS) {
        throw new IllegalArgumentException(
            "a search for the path MTU cannot begin with " + bytes + " bytes; expected 88 or more");
      }
      baseMss = bytes;
      return this;
    }

    /** The initial window in segments, RFC 6928; 10. */
    public Builder initialWindow(int segments) {
      initialWindowSegments = segments;
      return this;
    }

    /**
     * What makes the congestion control of each connection; CUBIC (RFC 9438). A connection or a
     * listener may choose another.
     */
    public Builder congestionControl(Supplier<? extends CongestionControl> factory) {
      congestionControl = factory;
      return this;
    }

    /**
     * The congestion control of each connection, by name.
     *
     * @throws IllegalArgumentException if {@link CongestionControls#names} does not have it
     */
    public Builder congestionControl(String name) {
      return congestionControl(CongestionControls.named(name));
    }

    /** The longest that an ACK is delayed, RFC 9293 MUST-40: below 500 ms; 40 ms as in Linux. */
    public Builder delayedAck(Duration delay) {
      delayedAck = delay.toNanos();
      return this;
    }

    /**
     * How many segments in a row are acknowledged at once at the beginning of a connection, after a
     * loss and after a pause; 16 as in Linux, 0 for never.
     */
    public Builder quickAcks(int segments) {
      quickAcks = segments;
      return this;
    }

    /** The floor of the retransmission timeout; 200 ms as in Linux. */
    public Builder minRto(Duration rto) {
      minRto = rto.toNanos();
      return this;
    }

    /** The retransmission timeout before the first measurement, RFC 6298 (2.1); 1 s. */
    public Builder initialRto(Duration rto) {
      initialRto = rto.toNanos();
      return this;
    }

    /** The ceiling of the retransmission timeout, RFC 6298 (2.5): at least 60 s; 60 s. */
    public Builder maxRto(Duration rto) {
      maxRto = rto.toNanos();
      return this;
    }

    /** How long a SYN is repeated, RFC 9293 MUST-23: at least 3 minutes; 3 minutes. */
    public Builder synTimeout(Duration timeout) {
      synTimeout = timeout.toNanos();
      return this;
    }

    /**
     * How often a SYN-ACK is repeated before a half-open connection is forgotten, 0 to 16; 5 as in
     * Linux, which makes 63 seconds. Less while a listener's queue is more than half full.
     */
    public Builder synAckRetries(int retries) {
      if (retries < 0 || retries > 16) {
        throw new IllegalArgumentException(
            retries + " repetitions of a SYN-ACK are not possible; expected 0 to 16");
      }
      synAckRetries = retries;
      return this;
    }

    /** When SYNs are answered by cookies (RFC 4987 section 3.6); when a queue is full. */
    public Builder synCookies(SynCookieMode mode) {
      synCookies = mode;
      return this;
    }

    /**
     * Whether an ACK that completes a handshake while the backlog is full is answered with RST,
     * rather than dropped, so that the peer tries again; no.
     */
    public Builder abortOnOverflow(boolean abort) {
      abortOnOverflow = abort;
      return this;
    }

    /**
     * How often a connection answers unacceptable segments without data, which are what challenge
     * ACKs answer (RFC 5961 section 7): once in this time; 500 ms as in Linux.
     */
    public Builder invalidAckInterval(Duration interval) {
      invalidAckInterval = interval.toNanos();
      return this;
    }

    /**
     * Whether a RST does not end TIME-WAIT (RFC 1337 section 3, F1); yes, where Linux has no: the
     * table of TIME-WAIT is bounded, and nothing is gained by ending one early.
     */
    public Builder rfc1337(boolean protect) {
      rfc1337 = protect;
      return this;
    }

    /** R2 of RFC 9293 section 3.8.3: how long data is repeated, at least 100 s; 15 minutes. */
    public Builder retransmitTimeout(Duration timeout) {
      retransmitTimeout = timeout.toNanos();
      return this;
    }

    /** Twice the maximum segment lifetime; 60 s as in Linux, where RFC 9293 has 4 minutes. */
    public Builder timeWait(Duration time) {
      timeWait = time.toNanos();
      return this;
    }

    /** How long a connection that the application closed waits for the peer's FIN; 60 s. */
    public Builder finWait2(Duration time) {
      finWait2 = time.toNanos();
      return this;
    }

    /** How long a connection that the application closed waits for a shut window; 2 minutes. */
    public Builder orphan(Duration time) {
      orphan = time.toNanos();
      return this;
    }

    /** Builds it. */
    public TcpConfig build() {
      return new TcpConfig(new Builder(this));
    }
  }
}
