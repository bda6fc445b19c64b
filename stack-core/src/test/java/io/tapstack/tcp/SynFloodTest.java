package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimHost;
import io.tapstack.sim.SimLink;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimParticipant;
import io.tapstack.sim.SimSwitch;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.Segments;
import io.tapstack.wire.TcpSegment;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 100,000 SYNs a second from sources that do not exist, while a connection transfers: a server, its
 * client, a router that the answers go to, and the flooder, at one switch.
 */
class SynFloodTest {
  private static final int SYNS_PER_MILLI = 100;
  private static final int FLOOD_MILLIS = 3000;
  private static final long MILLI = 1_000_000;
  private static final int PORT = 80;
  private static final int MAX_HALF_OPEN = 256;

  /** What a stack may hold on to after 300,000 SYNs: 28 bytes of each would be more. */
  private static final long MAX_GROWTH = 8 << 20;

  private final StackConfig config =
      StackConfig.defaults().withTcp(TcpConfig.builder().maxHalfOpen(MAX_HALF_OPEN).build());
  private final SimNetwork network = new SimNetwork(11);
  private final SimSwitch bridge = network.bridge("switch");
  private final SimHost server = host("server", 2, Impairment.NONE.rate(1_000_000_000));
  private final SimHost client =
      host("client", 1, Impairment.NONE.delay(5 * MILLI).rate(50_000_000));
  private final SimHost router = host("router", 254, Impairment.NONE.rate(1_000_000_000));
  private final byte[] buffer = new byte[1 << 16];
  private long received;

  private SimHost host(String name, int number, Impairment cable) {
    SimHost host = network.newHost(name, config);
    network.connect(host, bridge, cable);
    host.iface(0).addAddress(IpAddress.ofV4(10 << 24 | number), 24);
    host.iface(0).addAddress(IpAddress.parse("fd00::" + number), 64);
    return host;
  }

  // Proves: RFC 4987 3.6; attack 22
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.", "fd00::"})
  void aTransferGoesOnAndMemoryIsBounded(String prefix) {
    IpAddress address = IpAddress.parse(prefix + "2");
    server.stack().ip().routes().addDefault(IpAddress.parse(prefix + "254"), server.iface(0));
    PortBinding binding = server.stack().tcp().bind(IpAddress.ANY_V6, PORT, false);
    TcpListener listener = server.stack().tcp().listen(binding, 128, TcpEvents.NONE);
    TcpConnection to = connect(address);
    TcpConnection from = Objects.requireNonNull(listener.accept());
    transfer(from, to, FLOOD_MILLIS); // slow start
    long quiet = transfer(from, to, FLOOD_MILLIS);
    assertThat(quiet).as("bytes in three seconds at 50 Mbit/s").isGreaterThan(17_000_000);

    long memory = memory();
    Flooder flooder = new Flooder(address);
    long flooded = transfer(from, to, FLOOD_MILLIS);
    assertThat(flooder.sent).isGreaterThanOrEqualTo(SYNS_PER_MILLI * FLOOD_MILLIS);
    assertThat(flooded).as("bytes during the flood").isGreaterThan(quiet * 9 / 10);
    assertThat(memory() - memory).as("bytes kept").isLessThan(MAX_GROWTH);
    assertThat(server.stack().tcp().connections()).isLessThanOrEqualTo(1 + MAX_HALF_OPEN);

    flooder.stop();
    network.run(network.now() + 120_000 * MILLI);
    assertThat(server.stack().tcp().connections()).as("half-open ones expire").isEqualTo(1);
    assertThat(transfer(from, to, FLOOD_MILLIS)).isGreaterThan(quiet * 9 / 10);
    assertThat(server.stack().pool().exhausted()).isZero();
  }

  private TcpConnection connect(IpAddress to) {
    TcpConnection connection = client.stack().tcp().connect(null, to, PORT, TcpEvents.NONE);
    network.run(network.now() + 100 * MILLI);
    assertThat(connection.isConnected()).isTrue();
    return connection;
  }

  /** Keeps the sender supplied, and returns how many bytes the receiver took. */
  private long transfer(TcpConnection from, TcpConnection to, int millis) {
    received = 0;
    for (int i = 0; i < millis; i++) {
      from.write(buffer, 0, buffer.length);
      from.flush();
      for (int n; (n = to.read(buffer, 0, buffer.length)) > 0; ) {
        received += n;
      }
      to.consumed();
      network.run(network.now() + MILLI);
    }
    return received;
  }

  private static long memory() {
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    return jvm.totalMemory() - jvm.freeMemory();
  }

  /** Sends SYNs every millisecond, each from an address and port of its own. */
  private final class Flooder implements SimParticipant {
    private final SimLink link = bridge.plug("flooder", Impairment.NONE).left();
    private final PacketPool pool = new PacketPool(1, 2048);
    private final RandomGenerator random = network.newRandom();
    private final IpAddress target;
    private long next = network.now();
    private int sent;

    Flooder(IpAddress target) {
      this.target = target;
      network.add(this);
    }

    @Override
    public void turn(long now) {
      for (; next <= now; next += MILLI) {
        for (int i = 0; i < SYNS_PER_MILLI; i++) {
          send();
        }
      }
    }

    private void send() {
      TcpSegment syn =
          Segments.segment()
              .ports(1024 + random.nextInt(64_000), PORT)
              .seq(random.nextInt())
              .syn()
              .mss(1460);
      IpAddress source =
          target.isV4()
              ? IpAddress.ofV4(198 << 24 | 18 << 16 | random.nextInt(1 << 17))
              : new IpAddress(0x2001_0db8L << 32, random.nextLong());
      EthernetFrame frame =
          new EthernetFrame(server.iface(0).mac(), link.mac(), IpPacket.of(source, target, syn));
      Packet packet = Objects.requireNonNull(pool.acquire());
      frame.write(packet.buffer, packet.start);
      packet.end = packet.start + frame.length();
      link.transmit(packet);
      packet.release();
      sent++;
    }

    void stop() {
      next = Long.MAX_VALUE;
    }

    @Override
    public long nextDeadline() {
      return next;
    }
  }
}
