package io.tapstack.cli.report;

import io.tapstack.sim.SimObserver;
import io.tapstack.sim.SimWire;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * Writes down one flow as its sender sees it, for a time-sequence plot: what it sent, and again,
 * what of that the path lost, and the ACKs, SACK blocks and window edges that came back. It only
 * looks at frames, so that the run is the same without it.
 *
 * <p>Times are in seconds, sequence numbers in kilobytes since the first.
 */
final class TimeSequence implements SimObserver {
  private static final double KILOBYTE = 1000;

  private final SimWire out;
  private final SimWire bottleneck;
  private final SimWire in;
  private final double from;
  private final double to;
  private final TcpOptions options = new TcpOptions();

  final Points sent = new Points();
  final Points sentAgain = new Points();
  final Points lost = new Points();
  final Points acknowledged = new Points();
  final Points selectively = new Points();
  final Points windowEdge = new Points();

  private int first;
  private int next;
  private int highestAck;
  private int shift;
  private boolean begun;

  /**
   * Looks at a flow.
   *
   * @param out the sender's own wire
   * @param bottleneck where its segments may be lost
   * @param in the wire that brings its ACKs
   * @param from where the plot begins, in seconds of virtual time
   * @param to where it ends
   */
  TimeSequence(SimWire out, SimWire bottleneck, SimWire in, double from, double to) {
    this.out = out;
    this.bottleneck = bottleneck;
    this.in = in;
    this.from = from;
    this.to = to;
  }

  @Override
  public void saw(long now, SimWire wire, Fate fate, ByteBuffer frame, int length) {
    boolean sends = wire == out && fate == Fate.SENT;
    boolean loses = wire == bottleneck && fate != Fate.SENT && fate != Fate.DELIVERED;
    boolean receives = wire == in && fate == Fate.DELIVERED;
    int segment = EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH;
    if (!(sends || loses || receives)
        || length < segment + TcpHeader.MIN_LENGTH
        || EthernetHeader.type(frame, 0) != EthernetHeader.TYPE_IPV4
        || Ipv4Header.protocol(frame, EthernetHeader.LENGTH) != IpProtocol.TCP) {
      return;
    }
    double time = now / 1e9;
    int end = EthernetHeader.LENGTH + Ipv4Header.totalLength(frame, EthernetHeader.LENGTH);
    if (receives) {
      received(time, frame, segment);
    } else {
      int payload = end - segment - TcpHeader.headerLength(frame, segment);
      data(time, TcpHeader.sequence(frame, segment), payload, frame, segment, loses);
    }
  }

  private void data(
      double time, int sequence, int payload, ByteBuffer frame, int segment, boolean isLost) {
    if ((TcpHeader.flags(frame, segment) & TcpHeader.SYN) != 0) {
      first = sequence + 1;
      next = first;
      highestAck = first;
      begun = true;
    }
    if (!begun || payload == 0) {
      return;
    }
    boolean again = sequence - next < 0;
    if (!isLost && !again) {
      next = sequence + payload;
    }
    if (isInside(time)) {
      double at = kilobytes(sequence);
      if (isLost) {
        lost.add(time, at);
      } else {
        (again ? sentAgain : sent).addBar(time, at, kilobytes(sequence + payload));
      }
    }
  }

  private void received(double time, ByteBuffer frame, int segment) {
    options.parse(frame, segment);
    int window = TcpHeader.window(frame, segment);
    if ((TcpHeader.flags(frame, segment) & TcpHeader.SYN) != 0) {
      shift = Math.max(options.windowScale(), 0);
    } else {
      window <<= shift;
    }
    int ack = TcpHeader.acknowledgment(frame, segment);
    if (ack - highestAck > 0) {
      highestAck = ack;
    }
    if (begun && isInside(time)) {
      acknowledged.add(time, kilobytes(highestAck));
      windowEdge.add(time, kilobytes(ack + window));
      for (int i = 0; i < options.sackBlocks(); i++) {
        selectively.addBar(time, kilobytes(options.sackLeft(i)), kilobytes(options.sackRight(i)));
      }
    }
  }

  /** What was sent and is not acknowledged now, in kilobytes. */
  double outstanding() {
    return (next - highestAck) / KILOBYTE;
  }

  private boolean isInside(double time) {
    return time >= from && time <= to;
  }

  private double kilobytes(int sequence) {
    return (sequence - first) / KILOBYTE;
  }
}
