package io.tapstack.sim;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Somebody at the end of a cable who only sends frames, and writes down what came and when. */
final class Station implements SimParticipant {
  /** A frame that arrived. */
  record Arrival(long time, Bytes frame) {
    /** The number that {@link #send} put into the frame. */
    int number() {
      return frame.at(14) << 8 | frame.at(15);
    }
  }

  final SimLink link;
  final List<Arrival> arrivals = new ArrayList<>();
  private final SimNetwork network;
  private final PacketPool pool = new PacketPool(1, 2048);

  Station(SimNetwork network, SimLink link) {
    this.network = network;
    this.link = link;
    network.add(this);
  }

  /** Sends a numbered frame of the given length. */
  boolean send(long destination, int number, int length) {
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.end = packet.start + length;
    for (int i = packet.start; i < packet.end; i++) {
      packet.buffer.put(i, (byte) 0);
    }
    EthernetHeader.write(packet.buffer, packet.start, destination, link.mac(), 0x88b5);
    packet.buffer.putShort(packet.start + 14, (short) number);
    boolean sent = link.transmit(packet);
    packet.release();
    return sent;
  }

  @Override
  public void turn(long now) {
    Packet packet = Objects.requireNonNull(pool.acquire());
    while (link.receive(packet.clear())) {
      arrivals.add(
          new Arrival(network.now(), Bytes.copyOf(packet.buffer, packet.start, packet.length())));
    }
    packet.release();
  }

  @Override
  public long nextDeadline() {
    return link.isReceivable() ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  List<Long> times() {
    return arrivals.stream().map(Arrival::time).toList();
  }

  List<Integer> numbers() {
    return arrivals.stream().map(Arrival::number).toList();
  }
}
