package io.tapstack.tcp;

import io.tapstack.ip.IpInterface;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimCable;
import io.tapstack.sim.SimLink;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimParticipant;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;

/**
 * Two stacks, 10.0.0.1 / fd00::1 and 10.0.0.2 / fd00::2, and between them something that passes no
 * packet larger than it is told, and may or may not say so as a router does.
 */
final class NarrowPath {
  final SimNetwork network;
  final NetworkStack left;
  final NetworkStack right;

  /** The largest packet that passes. */
  int mtu = 1500;

  /** Whether whoever sends a larger one hears of it. */
  boolean tells = true;

  /** Packets that were too large. */
  int dropped;

  private final SimCable leftCable;
  private final SimCable rightCable;
  private final PacketPool pool = new PacketPool(64, 2048);

  NarrowPath(long seed, TcpConfig tcp, Impairment impairment) {
    StackConfig config = StackConfig.defaults().withPackets(2048).withTcp(tcp);
    network = new SimNetwork(seed);
    leftCable = network.cable("left", "middle", impairment);
    rightCable = network.cable("middle", "right", impairment);
    left = new NetworkStack(config, network.newRandom(), network.now());
    right = new NetworkStack(config, network.newRandom(), network.now());
    join(left, leftCable.left(), 1);
    join(right, rightCable.right(), 2);
    network.add(
        new SimParticipant() {
          @Override
          public void turn(long now) {
            pass(leftCable.right(), rightCable.left());
            pass(rightCable.left(), leftCable.right());
          }

          @Override
          public long nextDeadline() {
            return leftCable.right().isReceivable() || rightCable.left().isReceivable()
                ? Long.MIN_VALUE
                : Long.MAX_VALUE;
          }
        });
  }

  private void join(NetworkStack stack, SimLink link, int number) {
    IpInterface iface = stack.attach(link);
    iface.addAddress(IpAddress.ofV4(10 << 24 | number), 24);
    iface.addAddress(IpAddress.parse("fd00::" + number), 64);
    network.add(
        new SimParticipant() {
          @Override
          public void advance(long now) {
            stack.advance(now);
          }

          @Override
          public void turn(long now) {
            stack.pump(iface, Integer.MAX_VALUE);
            stack.poll(now);
          }

          @Override
          public long nextDeadline() {
            return link.isReceivable() && stack.pool().available() > 0
                ? Long.MIN_VALUE
                : stack.nextDeadline();
          }
        });
  }

  private void pass(SimLink from, SimLink to) {
    Packet packet = pool.acquire();
    while (from.receive(packet)) {
      if (packet.length() - EthernetHeader.LENGTH <= mtu) {
        to.transmit(packet);
      } else {
        dropped++;
        if (tells) {
          tell(packet, from);
        }
      }
      packet.clear();
    }
    packet.release();
  }

  /** Fragmentation needed, or packet too big, to whoever sent it. */
  private void tell(Packet about, SimLink to) {
    ByteBuffer copy = ByteBuffer.allocate(about.totalLength());
    about.copyTo(copy, 0);
    EthernetFrame frame = EthernetFrame.parse(copy, 0, copy.capacity());
    IpPacket packet = (IpPacket) frame.payload();
    int quoted = Math.min(about.length() - EthernetHeader.LENGTH, 500);
    byte[] quote = new byte[quoted];
    copy.get(EthernetHeader.LENGTH, quote);
    IcmpMessage message =
        packet.source().isV4()
            ? new IcmpMessage(IpProtocol.ICMPV4, 3, 4, mtu, Bytes.of(quote))
            : new IcmpMessage(IpProtocol.ICMPV6, 2, 0, mtu, Bytes.of(quote));
    IpPacket answer = IpPacket.of(packet.destination(), packet.source(), message);
    Bytes bytes = new EthernetFrame(frame.source(), frame.destination(), answer).toBytes();
    about.clear();
    about.end = bytes.write(about.buffer, about.start);
    to.transmit(about);
  }
}
