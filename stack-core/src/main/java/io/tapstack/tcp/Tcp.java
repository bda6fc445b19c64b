package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.base.SipHash;
import io.tapstack.base.StackTime;
import io.tapstack.base.TimerWheel;
import io.tapstack.ip.Ip;
import io.tapstack.ip.IpInterface;
import io.tapstack.ip.IpTransport;
import io.tapstack.ip.Unreachable;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one stack: finds the connection or listener that a segment belongs to, and opens and ends
 * connections.
 *
 * <p>Thread: the owner of the stack.
 */
public final class Tcp implements IpTransport {
  /** The least send MSS: smaller ones only serve to multiply packets (CVE-2019-11479). */
  static final int MIN_MSS = 88;

  /** RSTs to segments without a connection: a burst, and as many again per second. */
  private static final int RESET_BURST = 1000;

  private static final long SECOND = 1_000_000_000;

  private static final int LISTENER_BUCKETS = 64;
  private static final int PORT_TRIES = 64;
  private static final int MAX_SCALE = 14;

  /**
   * How far a new incarnation begins beyond the last: more than an unscaled window, as in Linux.
   */
  private static final int REINCARNATION_STEP = 65_537;

  final TcpConfig config;
  final TimerWheel wheel;
  final StackTime time;
  final TcpCounters counters = new TcpCounters();
  final RingMemory ringMemory;
  final IsnGenerator isnGenerator;
  final TcpOutput output;
  final TcpSender sender;

  /** What the ACK that is being processed told, for congestion control. */
  final AckSample ackSample = new AckSample();

  final ReceiveWindow receiveWindow;
  final TcpExpiry expiry;

  private final Ip ip;
  private final PacketPool pool;
  private final PortTable ports;
  private final ConnectionTable table;
  private final @Nullable TcpListener[] listeners = new TcpListener[LISTENER_BUCKETS];
  private final TimeWaitQueue timeWait = new TimeWaitQueue();
  private final Segment segment = new Segment();
  private final TcpInput input;
  private long resetTokens = RESET_BURST;
  private long resetRefill;

  /** Creates TCP and registers it with IP. */
  public Tcp(
      TcpConfig config,
      Ip ip,
      PacketPool pool,
      TimerWheel wheel,
      StackTime time,
      RandomGenerator random) {
    this.config = config;
    this.ip = ip;
    this.pool = pool;
    this.wheel = wheel;
    this.time = time;
    ringMemory = new RingMemory(config.sendBuffer());
    isnGenerator = new IsnGenerator(SipHash.withRandomKey(random));
    ports = new PortTable(random);
    table = new ConnectionTable(SipHash.withRandomKey(random));
    output = new TcpOutput(this, ip);
    sender = new TcpSender(this);
    receiveWindow = new ReceiveWindow(this, pool);
    input = new TcpInput(this, segment);
    expiry = new TcpExpiry(this);
    resetRefill = time.now();
    ip.register(IpProtocol.TCP, this);
  }

  // ---- what applications ask for ----

  /**
   * Whether a socket may bind to an address and port.
   *
   * @param local an address of this stack, or 0.0.0.0 or :: for any
   * @param port 0 to 65535; 0 asks for an ephemeral port
   * @param reuseAddress whether connections that linger on the port do not matter (SO_REUSEADDR)
   * @return OK, INVALID, ADDRESS_NOT_LOCAL, ADDRESS_IN_USE, or LIMIT if no ephemeral port is free
   */
  public Result bindable(IpAddress local, int port, boolean reuseAddress) {
    if (port < 0 || port > 65_535 || local.isMulticast()) {
      return Result.INVALID;
    }
    if (!local.isAny() && !ip.isLocal(local.high(), local.low())) {
      return Result.ADDRESS_NOT_LOCAL;
    }
    if (port == 0) {
      return ports.ephemeral(local) == 0 ? Result.LIMIT : Result.OK;
    }
    return ports.isFree(local, port, reuseAddress) ? Result.OK : Result.ADDRESS_IN_USE;
  }

  /**
   * Reserves an address and port; see {@link #bindable}.
   *
   * @throws IllegalStateException if {@code bindable} does not answer OK
   */
  public PortBinding bind(IpAddress local, int port, boolean reuseAddress) {
    Result possible = bindable(local, port, reuseAddress);
    if (possible != Result.OK) {
      throw new IllegalStateException(
          "cannot bind to " + local + " port " + port + ": " + possible.words());
    }
    return ports.bind(local, port == 0 ? ports.ephemeral(local) : port, reuseAddress);
  }

  /**
   * Listens on a reserved address and port.
   *
   * @param backlog how many complete connections may wait to be accepted, at least 1
   */
  public TcpListener listen(PortBinding binding, int backlog, TcpEvents events) {
    TcpListener listener = new TcpListener(this, binding, backlog, events);
    int bucket = binding.port() % LISTENER_BUCKETS;
    listener.nextInBucket = listeners[bucket];
    listeners[bucket] = listener;
    return listener;
  }

  /**
   * Opens a connection (RFC 9293 section 3.10.1). One that cannot start is CLOSED at once, and its
   * {@link TcpConnection#failure()} says why.
   *
   * @param binding the local address and port, or null to choose both
   */
  public TcpConnection connect(
      @Nullable PortBinding binding, IpAddress remote, int remotePort, TcpEvents events) {
    IpAddress local =
        binding == null || binding.address().isAny()
            ? ip.selectSource(remote)
            : binding.address().isV4() == remote.isV4() ? binding.address() : null;
    Result problem = Result.OK;
    int localPort = 0;
    if (remotePort < 1 || remotePort > 65_535 || !isPossiblePeer(remote)) {
      problem = Result.INVALID; // MUST-46
    } else if (local == null || ip.mtuTo(remote.high(), remote.low()) == 0) {
      problem = Result.NO_ROUTE;
    } else if (table.size() >= config.maxConnections()) {
      problem = Result.LIMIT;
    } else {
      localPort = binding != null ? binding.port() : choosePort(local, remote, remotePort);
      if (localPort == 0) {
        problem = Result.LIMIT;
      } else if (isTaken(local, localPort, remote, remotePort)) {
        problem = Result.ADDRESS_IN_USE;
      }
    }
    IpAddress source = local != null ? local : IpAddress.ANY_V6;
    TcpConnection c =
        new TcpConnection(
            this, source.high(), source.low(), localPort, remote.high(), remote.low(), remotePort);
    c.events = events;
    if (problem != Result.OK) {
      counters.attemptFails++;
      c.failure = problem;
      return c;
    }
    counters.activeOpens++;
    offerOptions(c);
    c.rcvMss = output.advertisedMss(c);
    add(c);
    c.state = TcpState.SYN_SENT;
    output.sendSyn(c);
    c.timers.set(TcpTimers.RETRANSMIT, time.now() + c.rtt.rto());
    return c;
  }

  private boolean isPossiblePeer(IpAddress remote) {
    return !remote.isMulticast() && !remote.isAny() && !ip.isBroadcast(remote.high(), remote.low());
  }

  private int choosePort(IpAddress local, IpAddress remote, int remotePort) {
    for (int i = 0; i < PORT_TRIES; i++) {
      int port = ports.randomEphemeral();
      if (!ports.isBound(port) && !isTaken(local, port, remote, remotePort)) {
        return port;
      }
    }
    int port = ports.ephemeral(local);
    return port != 0 && !isTaken(local, port, remote, remotePort) ? port : 0;
  }

  private boolean isTaken(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    return table.find(local.high(), local.low(), localPort, remote.high(), remote.low(), remotePort)
        != null;
  }

  /** How many connections there are, in any state but CLOSED. */
  public int connections() {
    return table.size();
  }

  /** How many of them are in TIME-WAIT. */
  public int timeWaiting() {
    return timeWait.size();
  }

  /** The connections of this moment, for a status page: allocates. */
  public List<TcpConnection> snapshot() {
    List<TcpConnection> all = new ArrayList<>(table.size());
    table.forEach(all::add);
    return all;
  }

  public TcpCounters counters() {
    return counters;
  }

  /** Ends every connection with RST, as a stack that goes away does. */
  public void abortAll() {
    table.forEach(TcpConnection::abort);
  }

  // ---- segments ----

  @Override
  public void receive(IpInterface iface, Packet packet) {
    counters.inSegments++;
    if (!isValid(packet)) {
      counters.inErrors++;
      packet.release();
      return;
    }
    int localPort = TcpHeader.destinationPort(packet.buffer, packet.start);
    int remotePort = TcpHeader.sourcePort(packet.buffer, packet.start);
    segment.parse(packet);
    TcpConnection c =
        table.find(
            packet.destinationHigh,
            packet.destinationLow,
            localPort,
            packet.sourceHigh,
            packet.sourceLow,
            remotePort);
    TcpListener successor =
        c != null && c.state == TcpState.TIME_WAIT && isNewIncarnation(c)
            ? findListener(c.localHigh, c.localLow, localPort)
            : null;
    boolean kept = false;
    if (c == null) {
      unconnected(packet, localPort, remotePort);
    } else if (successor != null) {
      end(c, null);
      open(successor, packet, localPort, remotePort, c);
    } else {
      kept = input.process(c, packet);
    }
    if (!kept) {
      packet.release();
    }
  }

  /** MUST-57: nothing that came to a group; MUST-3: nothing with a wrong checksum. */
  private static boolean isValid(Packet packet) {
    int length = packet.length();
    if (packet.linkGroup
        || IpAddress.isMulticast(packet.destinationHigh, packet.destinationLow)
        || !TcpHeader.check(packet.buffer, packet.start, length)) {
      return false;
    }
    if (packet.checksumVerified) {
      return true;
    }
    long pseudo =
        InternetChecksum.pseudoHeader(
            packet.sourceHigh,
            packet.sourceLow,
            packet.destinationHigh,
            packet.destinationLow,
            IpProtocol.TCP,
            length);
    long sum = InternetChecksum.add(pseudo, packet.buffer, packet.start, length);
    return InternetChecksum.fold(sum) == 0xffff;
  }

  /** MAY-2 and RFC 6191: a SYN that is provably newer ends TIME-WAIT. */
  private boolean isNewIncarnation(TcpConnection c) {
    int wanted = TcpHeader.SYN | TcpHeader.ACK | TcpHeader.RST | TcpHeader.FIN;
    if ((segment.flags & wanted) != TcpHeader.SYN) {
      return false;
    }
    if (c.timestamps && segment.options.hasTimestamps()) {
      int newer = segment.options.timestampValue() - c.tsRecent;
      return newer > 0 || newer == 0 && Seq.gt(segment.seq, c.rcvNxt);
    }
    return Seq.gt(segment.seq, c.rcvNxt);
  }

  /** CLOSED and LISTEN: RFC 9293 sections 3.10.7.1 and 3.10.7.2. */
  private void unconnected(Packet packet, int localPort, int remotePort) {
    TcpListener listener = findListener(packet.destinationHigh, packet.destinationLow, localPort);
    if (listener == null) {
      output.replyReset(packet, remotePort, localPort, segment);
      return;
    }
    if (segment.has(TcpHeader.RST)) {
      return;
    }
    if (segment.has(TcpHeader.ACK)) {
      output.replyReset(packet, remotePort, localPort, segment);
      return;
    }
    // Neither SYN nor anything else belongs here; SYN with FIN is nobody's honest segment.
    if (segment.has(TcpHeader.SYN) && !segment.has(TcpHeader.FIN)) {
      open(listener, packet, localPort, remotePort, null);
    }
  }

  private @Nullable TcpListener findListener(long localHigh, long localLow, int port) {
    TcpListener wildcard = null;
    for (TcpListener l = listeners[port % LISTENER_BUCKETS]; l != null; l = l.nextInBucket) {
      if (l.binding.port() == port && l.matches(localHigh, localLow)) {
        if (!l.binding.address().isAny()) {
          return l;
        }
        // 0.0.0.0 is more specific than ::, which is any address of either family.
        wildcard = wildcard == null || l.binding.address().isV4() ? l : wildcard;
      }
    }
    return wildcard;
  }

  /** Answers a SYN; {@code previous} is the connection whose TIME-WAIT it ended, if any. */
  private void open(
      TcpListener listener,
      Packet packet,
      int localPort,
      int remotePort,
      @Nullable TcpConnection previous) {
    if (listener.isAcceptQueueFull()) {
      counters.acceptQueueDrops++;
      return;
    }
    if (listener.isSynQueueFull()) {
      counters.synQueueDrops++;
      return;
    }
    if (table.size() >= config.maxConnections()) {
      counters.connectionLimitDrops++;
      return;
    }
    TcpConnection c =
        new TcpConnection(
            this,
            packet.destinationHigh,
            packet.destinationLow,
            localPort,
            packet.sourceHigh,
            packet.sourceLow,
            remotePort);
    // RFC 9293 section 3.6.1, MAY-2 (1): beyond all that the last incarnation sent, which may have
    // been faster than the clock of the initial sequence numbers, 244 kB/s.
    if (previous != null && Seq.leq(c.iss, previous.sndMax)) {
      c.beginAt(previous.sndMax + REINCARNATION_STEP);
    }
    counters.passiveOpens++;
    offerOptions(c);
    c.listener = listener;
    listener.inherit(c);
    listener.halfOpened();
    input.handshake.synchronize(c);
    c.ecn.heardSyn(segment.flags, segment.accurateEcn, segment.trafficClass);
    add(c);
    c.state = TcpState.SYN_RECEIVED;
    output.sendSyn(c);
    c.timers.set(TcpTimers.RETRANSMIT, time.now() + c.rtt.rto());
  }

  private void offerOptions(TcpConnection c) {
    c.timestamps = config.timestamps();
    c.sack = config.sack();
    c.rcvScale = config.windowScaling() ? scaleFor(config.receiveBuffer()) : -1;
  }

  /** The least shift that lets the window field tell of the whole buffer, RFC 7323 section 2.3. */
  private static int scaleFor(int buffer) {
    int scale = 0;
    while (scale < MAX_SCALE && buffer >> scale > 0xffff) {
      scale++;
    }
    return scale;
  }

  // ---- errors of ICMP ----

  @Override
  public void unreachable(
      Unreachable what,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      ByteBuffer quoted,
      int offset,
      int length) {
    int localPort = TcpHeader.sourcePort(quoted, offset);
    int remotePort = TcpHeader.destinationPort(quoted, offset);
    int sequence = TcpHeader.sequence(quoted, offset);
    TcpConnection c = table.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    // RFC 5927 section 4: an error about what is not in flight is not about us.
    if (c == null || Seq.lt(sequence, c.sndUna) || Seq.geq(sequence, c.sndMax)) {
      return;
    }
    boolean hard = what == Unreachable.PORT || what == Unreachable.PROTOCOL;
    if (hard && !c.state.isSynchronized()) { // SHLD-26, within RFC 5927 section 5
      counters.attemptFails++;
      end(c, Result.REFUSED);
    } else if (what != Unreachable.TOO_BIG) {
      c.softError = Result.UNREACHABLE; // MUST-56 and RFC 5927 section 5: never ends a connection
    }
  }

  // ---- the life of a connection ----

  private void add(TcpConnection c) {
    table.add(c);
    ports.connectionAdded(c.localPort);
  }

  /** CLOSED: everything that the connection holds goes back. */
  void end(TcpConnection c, @Nullable Result why) {
    if (c.state == TcpState.CLOSED) {
      return;
    }
    TcpListener listener = c.listener;
    if (listener != null) {
      c.listener = null;
      listener.halfOpenEnded();
    }
    if (c.state == TcpState.TIME_WAIT) {
      timeWait.remove(c);
    }
    c.failure = why;
    c.state = TcpState.CLOSED;
    c.timers.clearAll();
    c.outOfOrder.releaseAll();
    c.ackNow = false;
    table.remove(c);
    ports.connectionRemoved(c.localPort);
    releaseBuffers(c);
    c.events.changed(TcpEvents.READABLE | TcpEvents.WRITABLE | TcpEvents.CLOSED);
  }

  void enterTimeWait(TcpConnection c) {
    c.state = TcpState.TIME_WAIT;
    c.refuseWrites();
    c.timers.clearAll();
    c.timers.set(TcpTimers.LINGER, time.now() + config.timeWaitNanos());
    c.outOfOrder.releaseAll();
    releaseBuffers(c);
    timeWait.add(c);
    TcpConnection oldest = timeWait.oldest();
    if (timeWait.size() > config.maxTimeWait() && oldest != null) {
      counters.timeWaitRecycled++;
      end(oldest, null);
    }
  }

  private static void releaseBuffers(TcpConnection c) {
    if (c.applicationClosed) {
      c.receiveRing.releaseAll();
      c.sendRing.release();
    }
  }

  void remove(TcpListener listener) {
    int bucket = listener.binding.port() % LISTENER_BUCKETS;
    TcpListener before = null;
    for (TcpListener l = listeners[bucket]; l != null; l = l.nextInBucket) {
      if (l == listener) {
        if (before == null) {
          listeners[bucket] = l.nextInBucket;
        } else {
          before.nextInBucket = l.nextInBucket;
        }
        return;
      }
      before = l;
    }
  }

  void abortHalfOpen(TcpListener listener) {
    table.forEach(
        c -> {
          if (c.listener == listener) {
            c.abort();
          }
        });
  }

  /** RFC 4861 section 7.3.1: progress is a hint that the neighbour is reachable. */
  void confirmReachable(TcpConnection c) {
    ip.confirm(c.remoteHigh, c.remoteLow);
  }

  /** RFC 9293 section 3.8.3: negative advice to IP. */
  void suspectNextHop(TcpConnection c) {
    counters.negativeAdvice++;
    ip.suspect(c.remoteHigh, c.remoteLow);
  }

  // ---- limits ----

  /** Whether less than one part in {@code parts} of the packet pool is free. */
  boolean isPoolShort(int parts) {
    return pool.available() < pool.capacity() / parts;
  }

  /** A token bucket: a flood of strays is not answered with a flood of RSTs. */
  boolean mayReset() {
    long now = time.now();
    long earned = Math.min(now - resetRefill, SECOND) * RESET_BURST / SECOND;
    if (earned > 0) {
      resetTokens = Math.min(RESET_BURST, resetTokens + earned);
      resetRefill = now;
    }
    if (resetTokens == 0) {
      counters.resetsSuppressed++;
      return false;
    }
    resetTokens--;
    return true;
  }
}
