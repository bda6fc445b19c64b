package io.tapstack.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** UDP datagrams of any size between two stacks: each arrives as it was sent, or not at all. */
class LargeDatagramProperties {
  private static final long SECOND = 1_000_000_000L;
  private static final int PORT = 5000;
  private static final int DATAGRAMS = 12;

  private final List<Bytes> arrived = new ArrayList<>();

  private static IpAddress address(boolean v6, int host) {
    return IpAddress.parse((v6 ? "fd77::" : "10.0.0.") + host);
  }

  private void drain(UdpSocket socket) {
    for (Packet packet = socket.poll(); packet != null; packet = socket.poll()) {
      arrived.add(Bytes.copyOf(packet.buffer, packet.start, packet.length()));
      packet.release();
    }
  }

  /** Sends datagrams of random sizes, and returns them. What arrives is collected. */
  private List<Bytes> send(long seed, boolean v6, Impairment impairment) {
    SimNetwork network = new SimNetwork(seed);
    SimHost left = network.newHost("left", StackConfig.defaults().withPackets(1024));
    SimHost right = network.newHost("right", StackConfig.defaults().withPackets(1024));
    network.connect(left, right, impairment);
    left.iface(0).addAddress(address(v6, 1), v6 ? 64 : 24);
    right.iface(0).addAddress(address(v6, 2), v6 ? 64 : 24);
    IpAddress any = v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4;
    UdpSocket sender = left.stack().udp().bind(any, PORT, () -> {});
    UdpSocket receiver = right.stack().udp().bind(any, PORT, () -> {});
    Random random = new Random(seed);
    List<Bytes> sent = new ArrayList<>();
    for (int i = 0; i < DATAGRAMS; i++) {
      int length = i == 0 ? 65_507 : random.nextInt(random.nextBoolean() ? 65_508 : 4000);
      Bytes data = Bytes.pattern(random.nextInt(1 << 20), length);
      sent.add(data);
      ByteBuffer payload = ByteBuffer.wrap(data.toArray());
      assertThat(sender.send(payload, 0, length, address(v6, 2), PORT)).isEqualTo(Result.OK);
      network.run(network.after(SECOND / 2));
      drain(receiver);
    }
    network.run(network.after(100 * SECOND));
    drain(receiver);
    for (SimHost host : List.of(left, right)) {
      NetworkStack stack = host.stack();
      assertThat(stack.ip().partialDatagrams()).isZero();
      assertThat(stack.pool().outstanding()).isZero();
      assertThat(stack.ip().packets().largeOutstanding()).isZero();
    }
    return sent;
  }

  @Property(tries = 30)
  void allArriveOverAWireThatReorders(@ForAll long seed, @ForAll boolean v6) {
    arrived.clear();
    Impairment wire = Impairment.NONE.delay(SECOND / 100).reordering(0.3, SECOND / 50);
    assertThat(send(seed, v6, wire)).isEqualTo(arrived);
  }

  /**
   * Without corruption: in a datagram of 45 fragments two bits may be bent, and then one checksum
   * of 16 bits lets one in 32 pass.
   */
  @Property(tries = 30)
  void eachArrivesWholeOrNotAtAll(@ForAll long seed, @ForAll boolean v6) {
    arrived.clear();
    Impairment wire =
        Impairment.NONE
            .delay(SECOND / 100)
            .loss(0.02)
            .duplication(0.05)
            .reordering(0.1, SECOND / 5);
    List<Bytes> sent = send(seed, v6, wire);
    assertThat(arrived).as("most are small enough to get through").isNotEmpty();
    assertThat(sent).containsAll(arrived);
  }
}
