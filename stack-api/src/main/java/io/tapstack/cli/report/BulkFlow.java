package io.tapstack.cli.report;

import io.tapstack.sim.SimDumbbell;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimParticipant;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpCounters;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One bulk transfer from the left to the right host of a pair: the sender always has more to send,
 * the receiver reads whatever comes at once and counts it.
 */
final class BulkFlow {
  /** The receiver's port. */
  static final int PORT = 5001;

  private final byte[] chunk = new byte[64 * 1024];
  private final byte[] sink = new byte[64 * 1024];
  private final SimDumbbell.Pair pair;
  private final TcpListener listener;
  private final Half sending;
  private final Half receiving;
  private @Nullable TcpConnection sender;
  private @Nullable TcpConnection receiver;
  private long received;

  /** A flow that begins with {@link #begin}. */
  BulkFlow(SimNetwork network, SimDumbbell.Pair pair) {
    this.pair = pair;
    sending = new Half(pair.left().stack(), this::send);
    receiving = new Half(pair.right().stack(), this::receive);
    network.add(sending);
    network.add(receiving);
    PortBinding binding = pair.right().stack().tcp().bind(IpAddress.ANY_V6, PORT, false);
    listener = pair.right().stack().tcp().listen(binding, 1, receiving);
  }

  /** Connects, and sends from then on. */
  void begin() {
    sender = pair.left().stack().tcp().connect(null, pair.rightAddress(), PORT, sending);
    sending.changed(TcpEvents.WRITABLE);
  }

  /** How many bytes the receiving application has read. */
  long received() {
    return received;
  }

  /** Whether both ends are connected. */
  boolean isUp() {
    return receiver != null && receiver.isConnected();
  }

  /** The sending end. */
  TcpConnection sender() {
    if (sender == null) {
      throw new IllegalStateException("the flow has not begun");
    }
    return sender;
  }

  /** The counters of the sending stack. */
  TcpCounters counters() {
    return pair.left().stack().tcp().counters();
  }

  private void send() {
    TcpConnection connection = sender;
    if (connection != null) {
      int written = 0;
      int n;
      do {
        n = connection.write(chunk, 0, chunk.length);
        written += n;
      } while (n > 0);
      if (written > 0) {
        connection.flush();
      }
    }
  }

  private void receive() {
    if (receiver == null) {
      receiver = listener.accept();
      if (receiver != null) {
        receiver.events(receiving);
      }
    }
    TcpConnection connection = receiver;
    if (connection != null) {
      int read = 0;
      int n;
      do {
        n = connection.read(sink, 0, sink.length);
        read += Math.max(n, 0);
      } while (n > 0);
      if (read > 0) {
        received += read;
        connection.consumed();
      }
    }
  }

  /** One end's program, which gets a turn whenever its connection changed. */
  private static final class Half implements SimParticipant, TcpEvents {
    private final NetworkStack stack;
    private final Runnable work;
    private boolean ready;

    Half(NetworkStack stack, Runnable work) {
      this.stack = stack;
      this.work = work;
    }

    @Override
    public void changed(int what) {
      ready = true;
    }

    @Override
    public void turn(long now) {
      if (ready) {
        ready = false;
        stack.advance(now);
        work.run();
      }
    }

    @Override
    public long nextDeadline() {
      return ready ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
