package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.base.SipHash;
import io.tapstack.base.StackTime;
import io.tapstack.base.Timer;
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

  private static final int MAX_SCALE = 14;

  final TcpConfig config;
  final TimerWheel wheel;
  final StackTime time;
  final TcpCounters counters = new TcpCounters();
  final RingMemory ringMemory;
  final IsnGenerator isnGenerator;
  final TcpOutput output;
  final StatelessOutput replies;
  final TcpSender sender;

  /** What the ACK that is being processed told, for congestion control. */
  final AckSample ackSample = new AckSample();

  final ReceiveMemory receiveMemory;
  final ReceiveWindow receiveWindow;
  final TcpExpiry expiry;

  final Ip ip;
  private final PacketPool pool;
  private final PortTable ports;
  final ConnectionTable table;
  private final Listeners listeners = new Listeners();
  private final ActiveOpen opener;
  private final TimeWaitTable timeWait;
  private final Segment segment = new Segment();
  private final TcpInput input;
  private final SynInput synInput;
  private final TimeWaitInput timeWaitInput;
  private int connections;
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
    ringMemory = new RingMemory(config.sendBuffer(), config.sendMemory());
    isnGenerator = new IsnGenerator(SipHash.withRandomKey(random));
    ports = new PortTable(random);
    table = new ConnectionTable(SipHash.withRandomKey(random));
    output = new TcpOutput(this, ip);
    sender = new TcpSender(this);
    replies = new StatelessOutput(this, ip);
    receiveMemory = new ReceiveMemory(pool, config, counters);
    receiveWindow = new ReceiveWindow(this, receiveMemory);
    ChallengeAck challenges = new ChallengeAck(this, segment);
    input = new TcpInput(this, segment, challenges);
    synInput = new SynInput(this, segment, challenges, new SynCookies(time, random));
    timeWait = new TimeWaitTable(this);
    timeWaitInput = new TimeWaitInput(this, segment, challenges, timeWait);
    opener = new ActiveOpen(this, ip, ports, table);
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
    listeners.add(listener);
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
    return opener.connect(binding, remote, remotePort, events);
  }

  /** How many connections there are, in any state but CLOSED. */
  public int connections() {
    return table.size();
  }

  /** How many of them are in TIME-WAIT. Their number is bounded apart from the others'. */
  public int timeWaiting() {
    return timeWait.timeWaiting();
  }

  /**
   * The connections of this moment, for a status page: allocates. Half-open ones and those of which
   * only a record is left are not among them.
   */
  public List<TcpConnection> snapshot() {
    List<TcpConnection> all = new ArrayList<>(connections);
    table.forEach(
        flow -> {
          if (flow instanceof TcpConnection c) {
            all.add(c);
          }
        });
    return all;
  }

  public TcpCounters counters() {
    return counters;
  }

  /** Ends every connection with RST, as a stack that goes away does. */
  public void abortAll() {
    table.forEach(
        flow -> {
          if (flow instanceof TcpConnection c) {
            c.abort();
          } else if (flow instanceof HalfOpen h) {
            replies.reset(h);
            forget(h);
          } else if (flow instanceof TimeWait t) {
            abort(t);
          }
        });
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
    Flow flow =
        table.find(
            packet.destinationHigh,
            packet.destinationLow,
            localPort,
            packet.sourceHigh,
            packet.sourceLow,
            remotePort);
    boolean kept = false;
    if (flow instanceof TcpConnection c) {
      kept = input.process(c, packet);
    } else if (flow instanceof HalfOpen h) {
      kept = synInput.completes(h, packet) && complete(h, packet);
    } else if (flow instanceof TimeWait t) {
      afterwards(t, packet, localPort, remotePort);
    } else {
      kept = unconnected(packet, localPort, remotePort);
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

  /** TIME-WAIT, or FIN-WAIT-2 of a closed connection. */
  private void afterwards(TimeWait t, Packet packet, int localPort, int remotePort) {
    TcpListener successor =
        timeWaitInput.isNewIncarnation(t) ? findListener(packet, localPort, remotePort) : null;
    if (successor != null) {
      synInput.open(successor, packet, localPort, remotePort, t);
    } else {
      timeWaitInput.process(t);
    }
  }

  /** CLOSED and LISTEN: RFC 9293 sections 3.10.7.1 and 3.10.7.2; whether the packet is kept. */
  private boolean unconnected(Packet packet, int localPort, int remotePort) {
    TcpListener listener = findListener(packet, localPort, remotePort);
    if (listener == null) {
      replies.reset(packet, remotePort, localPort, segment);
      return false;
    }
    HalfOpen told = synInput.listen(listener, packet, localPort, remotePort);
    return told != null && complete(told, packet);
  }

  private @Nullable TcpListener findListener(Packet packet, int localPort, int remotePort) {
    long high = packet.destinationHigh;
    long low = packet.destinationLow;
    int hash = table.hash(high, low, localPort, packet.sourceHigh, packet.sourceLow, remotePort);
    return listeners.find(high, low, localPort, hash);
  }

  /** The handshake is complete: a connection takes the place of the record. */
  private boolean complete(HalfOpen h, Packet packet) {
    if (!synInput.mayComplete(h, packet)) {
      return false;
    }
    TcpConnection c = input.handshake.complete(h);
    if (h.fromCookie) {
      counters.passiveOpens++;
    } else {
      forget(h);
    }
    add(c);
    input.handshake.established(c);
    h.listener.completed(c);
    return input.process(c, packet);
  }

  void offerOptions(TcpConnection c) {
    c.timestamps = config.timestamps();
    c.sack = config.sack();
    c.rcvScale = config.windowScaling() ? windowScale() : -1;
  }

  /** The shift that we offer. */
  int windowScale() {
    return scaleFor(config.maxReceiveBuffer());
  }

  /** The initial sequence number for the answer to a SYN. */
  int isn(Packet syn, int localPort, int remotePort) {
    return isnGenerator.isn(
        time.now(),
        syn.destinationHigh,
        syn.destinationLow,
        localPort,
        syn.sourceHigh,
        syn.sourceLow,
        remotePort);
  }

  int timestampOffset(Packet from, int localPort, int remotePort) {
    return isnGenerator.timestampOffset(
        from.destinationHigh,
        from.destinationLow,
        localPort,
        from.sourceHigh,
        from.sourceLow,
        remotePort);
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
    Flow flow = table.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    boolean hard = what == Unreachable.PORT || what == Unreachable.PROTOCOL;
    if (flow instanceof HalfOpen h && hard && sequence == h.iss) {
      synInput.refused(h); // SHLD-26
      return;
    }
    if (!(flow instanceof TcpConnection c) || !isInFlight(c, sequence)) {
      counters.icmpErrorsIgnored++;
      return;
    }
    if (hard && !c.state.isSynchronized()) { // SHLD-26, within RFC 5927 section 5
      counters.attemptFails++;
      end(c, Result.REFUSED);
    } else {
      c.troubled(Result.UNREACHABLE); // MUST-56 and RFC 5927 section 5: never ends a connection
    }
  }

  @Override
  public void packetTooBig(
      int mtu,
      int size,
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
    Flow flow = table.find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    if (!(flow instanceof TcpConnection c)
        || !isInFlight(c, sequence)
        || !c.path.tooBig(mtu, size, sequence)) {
      counters.icmpErrorsIgnored++;
    }
  }

  /** RFC 5927 section 4: an error about what is not in flight is not about us. */
  private static boolean isInFlight(TcpConnection c, int sequence) {
    return Seq.geq(sequence, c.sndUna) && Seq.lt(sequence, c.sndMax);
  }

  // ---- the life of a connection ----

  void add(Flow flow) {
    table.add(flow);
    ports.connectionAdded(flow.localPort);
    if (flow instanceof TcpConnection) {
      connections++;
    }
  }

  void remove(Flow flow) {
    table.remove(flow);
    ports.connectionRemoved(flow.localPort);
    if (flow instanceof TcpConnection) {
      connections--;
    }
  }

  void replace(Flow by, Flow with) {
    remove(by);
    add(with);
  }

  /** Whether there are as many connections as there may be, records not counted. */
  boolean isFull() {
    return connections >= config.maxConnections();
  }

  /** CLOSED: everything that the connection holds goes back. */
  void end(TcpConnection c, @Nullable Result why) {
    if (c.state == TcpState.CLOSED || c.timeWait != null) {
      return;
    }
    c.failure = why;
    c.state = TcpState.CLOSED;
    c.timers.clearAll();
    c.outOfOrder.releaseAll();
    c.ackNow = false;
    remove(c);
    releaseBuffers(c);
    c.events.changed(TcpEvents.READABLE | TcpEvents.WRITABLE | TcpEvents.CLOSED);
  }

  void end(TimeWait t) {
    timeWait.end(t);
  }

  /** RFC 9293 section 3.10.5: RST where the peer does not know that all is over. */
  void abort(TimeWait t) {
    if (t.state == TcpState.FIN_WAIT_2) {
      replies.reset(t);
    }
    timeWait.end(t);
  }

  void enterTimeWait(TcpConnection c) {
    timeWait.enter(c, TcpState.TIME_WAIT);
  }

  /** A closed connection that waits for nothing but the peer's FIN needs no more than a record. */
  void reduce(TcpConnection c) {
    if (c.state == TcpState.FIN_WAIT_2
        && c.applicationClosed
        && c.timeWait == null
        && !c.finKnown
        && c.outOfOrder.isEmpty()) {
      timeWait.enter(c, TcpState.FIN_WAIT_2);
    }
  }

  static void releaseBuffers(TcpConnection c) {
    if (c.applicationClosed) {
      c.receiveRing.releaseAll();
      c.sendRing.release();
    }
  }

  void remove(TcpListener listener) {
    listeners.remove(listener);
  }

  /** A half-open connection is none any more: it is complete, refused, or nobody answers. */
  void forget(HalfOpen h) {
    h.listener.synQueue.remove(h);
    remove(h);
    Timer timer = h.timer;
    if (timer != null) {
      wheel.cancel(timer);
    }
  }

  /** RFC 4861 section 7.3.1: progress is a hint that the neighbour is reachable. */
  void confirmReachable(TcpConnection c) {
    ip.confirm(c.remoteHigh, c.remoteLow);
  }

  /** RFC 9293 section 3.8.3: negative advice to IP. */
  void suspectNextHop(Flow flow) {
    counters.negativeAdvice++;
    ip.suspect(flow.remoteHigh, flow.remoteLow);
  }

  // ---- limits ----

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
