package io.tapstack.tcp;

import io.tapstack.sim.SimObserver;
import io.tapstack.sim.SimWire;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Holds what two stacks send over a cable to the rules that no observer may ever see broken,
 * whatever was lost: acknowledgments and right edges of windows never move back, and nothing is
 * sent beyond the peer's window or, as far as it is new, beyond the congestion window.
 *
 * <p>It looks at frames where they are sent and knows only one connection: the numbers begin anew
 * with each SYN.
 */
final class WireRules implements SimObserver {
  private static final int ETHERNET = 14;

  private final SimWire first;
  private final Side one = new Side();
  private final Side other = new Side();
  private @Nullable AssertionError broken;

  WireRules(SimWire first) {
    this.first = first;
  }

  /** The connection that sends into the first wire, and the one at the other end. */
  void watch(TcpConnection connection, TcpConnection peer) {
    one.connection = connection;
    other.connection = peer;
  }

  /** Throws what was seen first. */
  void hold() {
    if (broken != null) {
      throw broken;
    }
  }

  @Override
  public void saw(long now, SimWire wire, Fate fate, ByteBuffer frame, int length) {
    if (fate != Fate.SENT || broken != null) {
      return;
    }
    int tcp = tcpAt(frame, length);
    if (tcp < 0) {
      return;
    }
    Side from = wire == first ? one : other;
    Side to = wire == first ? other : one;
    if (Boolean.getBoolean("tapstack.trace")) {
      System.out.printf(
          "%.6f %s flags %x seq %d ack %d win %d len %d%n",
          now / 1e9,
          wire,
          frame.get(tcp + 13),
          frame.getInt(tcp + 4),
          frame.getInt(tcp + 8),
          frame.getShort(tcp + 14) & 0xffff,
          end(frame) - tcp - ((frame.get(tcp + 12) & 0xf0) >> 2));
    }
    try {
      from.sent(frame, tcp, end(frame), to);
    } catch (AssertionError e) {
      broken =
          new AssertionError(
              String.format("at %.6f s, %s: %s", now / 1e9, wire, e.getMessage()), e);
    }
  }

  /** Where the TCP header begins, or -1. Stacks send well-formed frames. */
  private static int tcpAt(ByteBuffer frame, int length) {
    int type = frame.getShort(12) & 0xffff;
    if (type == 0x0800 && frame.get(ETHERNET + 9) == 6) {
      return ETHERNET + (frame.get(ETHERNET) & 0xf) * 4;
    }
    return type == 0x86dd && frame.get(ETHERNET + 6) == 6 ? ETHERNET + 40 : -1;
  }

  private static int end(ByteBuffer frame) {
    boolean v4 = frame.getShort(12) == 0x0800;
    int length = frame.getShort(ETHERNET + (v4 ? 2 : 4)) & 0xffff;
    return ETHERNET + length + (v4 ? 0 : 40);
  }

  /** What one stack has sent so far. */
  private static final class Side {
    @Nullable TcpConnection connection;
    private boolean began;
    private boolean acked;
    private int scale;
    private int lastAck;

    /** The largest right edge told to the peer. */
    private int edge;

    private int highest;

    void sent(ByteBuffer frame, int tcp, int end, Side peer) {
      int flags = frame.get(tcp + 13) & 0xff;
      int data = end - tcp - ((frame.get(tcp + 12) & 0xf0) >> 2);
      if ((flags & TcpHeader.RST) != 0) {
        return; // RFC 9293 section 3.10.7.1: made of the numbers of what it answers
      }
      int sequence = frame.getInt(tcp + 4);
      int window = frame.getShort(tcp + 14) & 0xffff;
      if ((flags & TcpHeader.SYN) != 0) {
        sentSyn(frame, tcp, sequence);
      } else {
        window <<= connection == null ? scale : Math.max(connection.rcvScale, 0);
        sentData(sequence, data, (flags & TcpHeader.FIN) != 0, peer);
      }
      if ((flags & TcpHeader.ACK) != 0) {
        sentAck(frame.getInt(tcp + 8), window, (flags & TcpHeader.SYN) != 0);
      }
    }

    private void sentSyn(ByteBuffer frame, int tcp, int sequence) {
      if (!began || highest != sequence + 1) {
        began = true;
        acked = false;
        highest = sequence + 1;
      }
      int options = tcp + ((frame.get(tcp + 12) & 0xf0) >> 2);
      scale = 0;
      for (int i = tcp + 20; i < options && frame.get(i) != 0; ) {
        int kind = frame.get(i);
        if (kind == 3) {
          scale = frame.get(i + 2);
        }
        i += kind == 1 ? 1 : frame.get(i + 1);
      }
    }

    private void sentAck(int ack, int window, boolean syn) {
      if (acked) {
        require(Seq.geq(ack, lastAck), "ACK %d after ACK %d", ack, lastAck);
        // RFC 7323 section 2.4: the unit of the scale may hide less than itself.
        int unit = connection == null ? 1 << scale : 1 << Math.max(connection.rcvScale, 0);
        require(
            syn || Seq.gt(ack + window, edge - unit), // a SYN's window is not scaled
            "the right edge moves from %d to %d",
            edge,
            ack + window);
      }
      edge = acked ? Seq.max(edge, ack + window) : ack + window;
      lastAck = ack;
      acked = true;
    }

    private void sentData(int sequence, int data, boolean fin, Side peer) {
      int to = sequence + data + (fin ? 1 : 0);
      TcpConnection c = connection;
      if (to == sequence) {
        return;
      }
      boolean probe = to - sequence == 1 && sequence == peer.edge; // of a window that is shut
      require(
          probe || !peer.acked || Seq.leq(to, peer.edge),
          "%d to %d is beyond the window, which ends at %d",
          sequence,
          to,
          peer.edge);
      if (c != null && Seq.gt(to, highest) && !probe && !c.recovery.probe.isOutstanding()) {
        int window = Math.max(c.recovery.cwnd(), c.sndMss) + (fin ? 1 : 0);
        int inFlight = c.recovery.inFlight();
        require(inFlight <= window, "%d bytes in flight for a cwnd of %d", inFlight, window);
      }
      highest = Seq.max(highest, to);
    }

    private static void require(boolean holds, String message, Object... values) {
      Transfer.require(holds, message, values);
    }
  }
}
