package io.tapstack.tcp;

import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.ip.IpInterface;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.ArpHeader;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.FramePayload;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.Mac;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptionSet;
import io.tapstack.wire.TcpOptionSet.SackBlock;
import io.tapstack.wire.TcpOptionSet.Timestamps;
import io.tapstack.wire.TcpSegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, driven by hand, and the virtual clock of the stack under test. A
 * trace reads from top to bottom:
 *
 * <pre>{@code
 * peer.listens();
 * peer.sends(syn().seq(100).mss(1460));
 * peer.expects(synAck(101).seq(0));
 * peer.at(ms(1000)).expects(synAck(101).seq(0)); // not acknowledged: sent again
 * }</pre>
 *
 * <p>The stack's sequence numbers and timestamps count from its own first ones, as in packetdrill:
 * its SYN has sequence number 0. Expectations are exact in flags, numbers, data and time; windows
 * and options are compared where the expectation names them.
 */
final class TcpPeer {
  static final IpAddress STACK = IpAddress.parse("10.0.0.1");
  static final IpAddress STACK_V6 = IpAddress.parse("fd77::1");
  static final IpAddress PEER = IpAddress.parse("10.0.0.2");
  static final IpAddress PEER_V6 = IpAddress.parse("fd77::2");

  /** The stack's port; the peer's is {@link #PEER_PORT}. */
  static final int STACK_PORT = 80;

  static final int PEER_PORT = 1234;

  /** Not zero, so that nothing depends on it, and no multiple of a timer wheel's tick. */
  private static final long START = 1_234_567_890_123L;

  private record Sent(long time, TcpSegment segment, IpPacket packet) {}

  final NetworkStack stack;
  final IpInterface iface;
  private final IpAddress stackAddress;
  private final IpAddress peerAddress;
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final ArrayDeque<IcmpMessage> icmp = new ArrayDeque<>();
  private final List<String> log = new ArrayList<>();
  private final List<String> astray = new ArrayList<>();
  private final List<String> questions = new ArrayList<>();
  private final CaptiveLink link;
  private long now = START;
  private int stackPort = STACK_PORT;
  private int iss;
  private boolean issKnown;
  private int timestampBase;
  private boolean timestampBaseKnown;
  private @Nullable TcpListener listener;
  private @Nullable TcpSegment last;
  private @Nullable IpPacket lastPacket;

  /** A stack with the default constants, over IPv4. */
  TcpPeer() {
    this(TcpConfig.builder());
  }

  TcpPeer(TcpConfig.Builder config) {
    this(config, STACK, PEER);
  }

  /** ACKs are delayed from the beginning: quick ones have traces of their own. */
  TcpPeer(TcpConfig.Builder config, IpAddress stackAddress, IpAddress peerAddress) {
    this(config.quickAcks(0).build(), stackAddress, peerAddress);
  }

  /** With all constants as they are given. */
  TcpPeer(TcpConfig config, IpAddress stackAddress, IpAddress peerAddress) {
    this.stackAddress = stackAddress;
    this.peerAddress = peerAddress;
    link = new CaptiveLink(1500, this::took);
    stack =
        new NetworkStack(
            StackConfig.defaults().withPackets(1024).withTcp(config), new SplittableRandom(1), now);
    iface = stack.attach(link);
    iface.addAddress(STACK, 24);
    iface.addAddress(STACK_V6, 64);
    meet();
  }

  /** Makes the stack and the peer neighbours, so that traces need not speak of it. */
  private void meet() {
    // RFC 826: who asks for an address is a neighbour worth remembering.
    inject(ArpPacket.request(CaptiveLink.PEER_MAC, PEER, STACK));
    inject(
        IpPacket.of(
            PEER_V6, STACK_V6, IcmpMessage.neighbourSolicitation(STACK_V6, CaptiveLink.PEER_MAC)));
    icmp.clear();
    log.clear();
    questions.clear();
  }

  // ---- time ----

  static long ms(long millis) {
    return millis * 1_000_000;
  }

  static long seconds(long seconds) {
    return ms(seconds * 1000);
  }

  /** Goes on to a time since the beginning of the trace, in nanoseconds. */
  TcpPeer at(long time) {
    return until(START + time);
  }

  /** Goes on by so many nanoseconds. */
  TcpPeer after(long nanos) {
    return until(now + nanos);
  }

  private TcpPeer until(long time) {
    assertThat(time).as("time does not run backwards").isGreaterThanOrEqualTo(now);
    for (int turns = 0; stack.nextDeadline() <= time; turns++) {
      assertThat(turns).as("turns without end").isLessThan(1_000_000);
      now = Math.max(now, stack.nextDeadline());
      stack.poll(now);
    }
    now = time;
    stack.advance(now);
    return this;
  }

  /** The time since the beginning of the trace, in nanoseconds. */
  long now() {
    return now - START;
  }

  // ---- what the peer sends ----

  /** Sends a segment and lets the stack do what it does at once. */
  TcpPeer sends(TcpSegment segment) {
    TcpSegment absolute = toWire(segment);
    log.add(line("peer", segment));
    inject(IpPacket.of(peerAddress, stackAddress, absolute));
    return this;
  }

  /** Sends a segment in a packet of a traffic class, with its ECN field. */
  TcpPeer sends(int trafficClass, TcpSegment segment) {
    log.add(line("peer", segment) + " traffic class " + trafficClass);
    TcpSegment wire = toWire(segment);
    inject(
        peerAddress.isV4()
            ? new Ipv4Packet(trafficClass, 0, 0, 64, peerAddress, stackAddress, Bytes.EMPTY, wire)
            : new Ipv6Packet(trafficClass, 0, 64, peerAddress, stackAddress, wire));
    return this;
  }

  /** Sends any IP payload, as it stands. */
  TcpPeer sendsRaw(IpPayload payload) {
    inject(IpPacket.of(peerAddress, stackAddress, payload));
    return this;
  }

  /**
   * Sends an ICMP error about a segment of the stack's, of which it quotes the IP header and 8
   * bytes.
   *
   * @param sequence the segment's sequence number
   */
  TcpPeer sendsError(int type, int code, int sequence) {
    TcpSegment about = syn().ports(stackPort, PEER_PORT).seq(sequence + iss);
    byte[] bytes = IpPacket.of(stackAddress, peerAddress, about).toBytes().toArray();
    Bytes quote = Bytes.of(Arrays.copyOf(bytes, (stackAddress.isV4() ? 20 : 40) + 8));
    int protocol = stackAddress.isV4() ? IpProtocol.ICMPV4 : IpProtocol.ICMPV6;
    log.add(millis(now) + " peer: ICMP " + type + " " + code + " about seq " + sequence);
    return sendsRaw(new IcmpMessage(protocol, type, code, 0, quote));
  }

  /**
   * Sends what a router sends that a packet was too big for: fragmentation needed, or packet too
   * big.
   *
   * @param mtu what the router can pass on
   * @param size how large the packet was
   * @param sequence the segment's sequence number
   */
  TcpPeer sendsTooBig(int mtu, int size, int sequence) {
    boolean four = stackAddress.isV4();
    TcpSegment about = ack(0).ports(stackPort, PEER_PORT).seq(sequence + iss);
    about = about.data(Bytes.pattern(0, size - (four ? 40 : 60)));
    byte[] bytes = IpPacket.of(stackAddress, peerAddress, about).toBytes().toArray();
    Bytes quote = Bytes.of(Arrays.copyOf(bytes, (four ? 20 : 40) + 8));
    log.add(millis(now) + " peer: packet of " + size + " too big for " + mtu + " seq " + sequence);
    return sendsRaw(
        four
            ? new IcmpMessage(IpProtocol.ICMPV4, 3, 4, mtu, quote)
            : new IcmpMessage(IpProtocol.ICMPV6, 2, 0, mtu, quote));
  }

  private TcpSegment toWire(TcpSegment segment) {
    TcpSegment wire =
        segment.sourcePort() == 0 && segment.destinationPort() == 0
            ? segment.ports(PEER_PORT, stackPort)
            : segment;
    if (segment.has(TcpHeader.ACK)) {
      wire = wire.ack(segment.acknowledgment() + iss);
    }
    TcpOptionSet options = segment.options();
    Timestamps stamps = options.timestamps();
    if (stamps != null) {
      wire = wire.ts(stamps.value(), stamps.echo() + timestampBase);
    }
    if (!options.sacks().isEmpty()) {
      List<SackBlock> blocks = new ArrayList<>();
      options.sacks().forEach(b -> blocks.add(new SackBlock(b.left() + iss, b.right() + iss)));
      TcpOptionSet o = wire.options();
      wire =
          wire.options(
              new TcpOptionSet(
                  o.mss(), o.windowScale(), o.sackPermitted(), o.timestamps(), blocks, o.extra()));
    }
    return wire;
  }

  /** Somebody else's frame. */
  TcpPeer hears(long from, FramePayload payload) {
    inject(from, payload);
    return this;
  }

  private void inject(FramePayload payload) {
    inject(CaptiveLink.PEER_MAC, payload);
  }

  private void inject(long from, FramePayload payload) {
    link.deliver(new EthernetFrame(CaptiveLink.STACK_MAC, from, payload));
    stack.advance(now);
    assertThat(stack.pump(iface, 16)).as("frames that the stack took").isEqualTo(1);
    stack.poll(now);
  }

  /** The next SYN of the stack is that of a new connection, which counts from 0 again. */
  TcpPeer forgets() {
    issKnown = false;
    iss = 0;
    timestampBaseKnown = false;
    timestampBase = 0;
    return this;
  }

  /** Sends a segment in a frame to all stations. */
  TcpPeer broadcasts(TcpSegment segment) {
    link.deliver(
        new EthernetFrame(
            Mac.BROADCAST,
            CaptiveLink.PEER_MAC,
            IpPacket.of(peerAddress, stackAddress, toWire(segment))));
    assertThat(stack.pump(iface, 16)).isEqualTo(1);
    return this;
  }

  // ---- what the stack sends ----

  private void took(EthernetFrame frame) {
    FramePayload payload = frame.payload();
    boolean question =
        payload instanceof ArpPacket
            || payload instanceof IpPacket packet
                && packet.payload() instanceof IcmpMessage message
                && message.isNeighbourSolicitation();
    if (frame.destination() != CaptiveLink.PEER_MAC && !Mac.isGroup(frame.destination())) {
      astray.add(millisNow() + (question ? " question" : " segment"));
      return;
    }
    if (question) {
      questions.add(millisNow() + (Mac.isGroup(frame.destination()) ? " all" : " unicast"));
    }
    if (payload instanceof ArpPacket arp) {
      if (arp.operation() == ArpHeader.REQUEST && arp.targetIp().equals(PEER)) {
        link.deliver(
            new EthernetFrame(
                CaptiveLink.STACK_MAC, CaptiveLink.PEER_MAC, arp.reply(CaptiveLink.PEER_MAC)));
        stack.pump(iface, 16);
      }
    } else if (payload instanceof IpPacket packet) {
      if (packet.payload() instanceof TcpSegment segment) {
        assertThat(packet.source()).isEqualTo(stackAddress);
        assertThat(packet.destination()).isEqualTo(peerAddress);
        took(segment, packet);
      } else if (packet.payload() instanceof IcmpMessage message) {
        took(message);
      } else {
        throw new AssertionError("the stack sent " + frame);
      }
    } else {
      throw new AssertionError("the stack sent " + frame);
    }
  }

  private void took(IcmpMessage message) {
    if (message.isNeighbourSolicitation()) {
      if (message.target().equals(PEER_V6)) {
        link.deliver(
            new EthernetFrame(
                CaptiveLink.STACK_MAC,
                CaptiveLink.PEER_MAC,
                IpPacket.of(
                    PEER_V6,
                    STACK_V6,
                    IcmpMessage.neighbourAdvertisement(PEER_V6, CaptiveLink.PEER_MAC))));
        stack.pump(iface, 16);
      }
    } else {
      icmp.add(message);
    }
  }

  private void took(TcpSegment segment, IpPacket packet) {
    if (segment.has(TcpHeader.SYN) && !issKnown) {
      iss = segment.sequence();
      issKnown = true;
      stackPort = segment.sourcePort();
    }
    Timestamps stamps = segment.options().timestamps();
    if (stamps != null && !timestampBaseKnown) {
      timestampBase = stamps.value();
      timestampBaseKnown = true;
    }
    // A RST that answers a stray takes its number from the stray's ACK, which was relative, too.
    boolean counted =
        issKnown
            && !(segment.has(TcpHeader.RST)
                && segment.has(TcpHeader.ACK)
                && segment.sequence() == 0);
    TcpSegment relative = counted ? segment.seq(segment.sequence() - iss) : segment;
    if (stamps != null) {
      relative = relative.ts(stamps.value() - timestampBase, stamps.echo());
    }
    sent.add(new Sent(now, relative, packet));
    log.add(line("stack", relative));
  }

  /** Expects that the stack has sent this segment, now, as the next one. */
  TcpPeer expects(TcpSegment expected) {
    Sent next = sent.poll();
    if (next == null) {
      throw failure(expected, "the stack sent nothing");
    }
    TcpSegment actual = next.segment;
    if (next.time != now) {
      throw failure(expected, "the stack sent " + actual.words() + " at " + millis(next.time));
    }
    boolean same =
        actual.flags() == expected.flags()
            && actual.sequence() == expected.sequence()
            && (!actual.has(TcpHeader.ACK) || actual.acknowledgment() == expected.acknowledgment())
            && actual.data().equals(expected.data())
            && (expected.window() == 0xffff || actual.window() == expected.window())
            && (expected.options().equals(TcpOptionSet.NONE)
                || actual.options().equals(expected.options()));
    if (!same) {
      throw failure(expected, "the stack sent " + actual.words());
    }
    assertThat(actual.destinationPort()).isEqualTo(PEER_PORT);
    assertThat(actual.sourcePort()).isEqualTo(stackPort);
    last = actual;
    lastPacket = next.packet;
    return this;
  }

  /** The segment that {@link #expects} has seen last, for a closer look. */
  TcpSegment last() {
    return Objects.requireNonNull(last);
  }

  /** The TCP segment that was sent last, byte by byte: header, options and data. */
  Bytes lastBytes() {
    byte[] frame = link.transmitted().toArray();
    return Bytes.of(Arrays.copyOfRange(frame, 14 + (stackAddress.isV4() ? 20 : 40), frame.length));
  }

  /** The packet of {@link #last}, as it stood on the wire. */
  IpPacket lastPacket() {
    return Objects.requireNonNull(lastPacket);
  }

  /** The traffic class of {@link #last}. */
  int lastTrafficClass() {
    return trafficClass(lastPacket());
  }

  private static int trafficClass(IpPacket packet) {
    return packet instanceof Ipv4Packet four
        ? four.trafficClass()
        : ((Ipv6Packet) packet).trafficClass();
  }

  /** Whether no segment that waits to be expected is ECN-capable. */
  boolean unmarked() {
    return !sent.isEmpty() && sent.stream().allMatch(next -> (trafficClass(next.packet) & 3) == 0);
  }

  /** What went to other stations than the peer: the time in milliseconds, segment or question. */
  List<String> astray() {
    return astray;
  }

  /** When the stack asked for the peer's MAC address, in milliseconds, and whom. */
  List<String> questions() {
    return questions;
  }

  private long millisNow() {
    return (now - START) / 1_000_000;
  }

  /** Expects that the stack has sent nothing more. */
  TcpPeer expectsNothing() {
    Sent next = sent.peek();
    if (next != null) {
      throw failure(null, "the stack sent " + next.segment.words() + " at " + millis(next.time));
    }
    assertThat(icmp).isEmpty();
    return this;
  }

  /** Takes all that the stack has sent, whatever it is. */
  List<TcpSegment> takesAll() {
    List<TcpSegment> all = sent.stream().map(Sent::segment).toList();
    sent.clear();
    return all;
  }

  private AssertionError failure(@Nullable TcpSegment expected, String what) {
    String wanted = expected == null ? "nothing" : expected.words();
    return new AssertionError(
        "at "
            + millis(now)
            + " expected "
            + wanted
            + ", but "
            + what
            + ". The trace:\n"
            + String.join("\n", log));
  }

  private String line(String who, TcpSegment segment) {
    return millis(now) + " " + who + ": " + segment.words();
  }

  private static String millis(long time) {
    return String.format(Locale.ROOT, "%.3f ms", (time - START) / 1e6);
  }

  // ---- the application over the stack ----

  /** The stack's application listens on {@link #STACK_PORT}. */
  TcpPeer listens() {
    listener = stack.tcp().listen(bound(STACK_PORT), 8, TcpEvents.NONE);
    return this;
  }

  TcpListener listener() {
    return Objects.requireNonNull(listener);
  }

  private PortBinding bound(int port) {
    assertThat(stack.tcp().bindable(stackAddress, port, false)).isEqualTo(Result.OK);
    return stack.tcp().bind(stackAddress, port, false);
  }

  /** The half-open connections that the stack remembers, by the peer's port. */
  List<HalfOpen> halfOpen() {
    List<HalfOpen> all = new ArrayList<>();
    stack
        .tcp()
        .table
        .forEach(
            flow -> {
              if (flow instanceof HalfOpen h) {
                all.add(h);
              }
            });
    all.sort(Comparator.comparingInt(h -> h.remotePort));
    return all;
  }

  /** Takes the connection that the listener has. */
  TcpConnection accepts() {
    TcpConnection connection = listener().accept();
    assertThat(connection).as("a connection to accept").isNotNull();
    return Objects.requireNonNull(connection);
  }

  /** The stack's application connects to {@link #PEER_PORT}. */
  TcpConnection connects() {
    return stack.tcp().connect(bound(STACK_PORT), peerAddress, PEER_PORT, TcpEvents.NONE);
  }

  /** The same from another port. */
  TcpConnection connectsFrom(int port) {
    return stack.tcp().connect(bound(port), peerAddress, PEER_PORT, TcpEvents.NONE);
  }

  static void writes(TcpConnection connection, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(connection.write(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    connection.flush();
  }

  /** Writes {@link Bytes#pattern}. */
  static void writes(TcpConnection connection, long position, int length) {
    assertThat(connection.write(Bytes.pattern(position, length).toArray(), 0, length))
        .isEqualTo(length);
    connection.flush();
  }

  /** Reads all that has arrived. */
  static String reads(TcpConnection connection) {
    byte[] bytes = new byte[1 << 20];
    int length = connection.read(bytes, 0, bytes.length);
    connection.consumed();
    return length < 0 ? "end" : new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  // ---- the way to each state; the peer's ISN is 100, nothing is scaled ----

  /** SYN-RECEIVED after a passive open. */
  void toSynReceived() {
    listens();
    sends(syn().seq(100).mss(1460));
    expects(synAck(101).seq(0));
  }

  /** ESTABLISHED after a passive open: both sides have sent their SYN and nothing else. */
  TcpConnection toEstablished() {
    toSynReceived();
    sends(ack(1).seq(101));
    expectsNothing();
    return accepts();
  }

  /** FIN-WAIT-1: the application has shut its output. */
  TcpConnection toFinWait1() {
    TcpConnection c = toEstablished();
    c.shutdownOutput();
    expects(fin(101).seq(1));
    return c;
  }

  /** FIN-WAIT-2: and the peer has acknowledged. */
  TcpConnection toFinWait2() {
    TcpConnection c = toFinWait1();
    sends(ack(2).seq(101));
    expectsNothing();
    return c;
  }

  /** CLOSE-WAIT: the peer has sent FIN. */
  TcpConnection toCloseWait() {
    TcpConnection c = toEstablished();
    sends(fin(1).seq(101));
    expects(ack(102).seq(1));
    return c;
  }

  /** CLOSING: both have sent FIN at the same time. */
  TcpConnection toClosing() {
    TcpConnection c = toFinWait1();
    sends(fin(1).seq(101));
    expects(ack(102).seq(2));
    return c;
  }

  /** LAST-ACK: the peer has closed first, then the application. */
  TcpConnection toLastAck() {
    TcpConnection c = toCloseWait();
    c.shutdownOutput();
    expects(fin(102).seq(1));
    return c;
  }

  /** TIME-WAIT. */
  TcpConnection toTimeWait() {
    TcpConnection c = toFinWait2();
    sends(fin(2).seq(101));
    expects(ack(102).seq(2));
    return c;
  }
}
