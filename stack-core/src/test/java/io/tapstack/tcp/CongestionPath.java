package io.tapstack.tcp;

import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimDumbbell;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimParticipant;
import io.tapstack.sim.WireCounters;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** Flows that share one bottleneck, to see what becomes of congestion control in the long run. */
final class CongestionPath {
  /** The data of a frame of 1514 bytes on the wire. */
  static final int MSS = 1460;

  private static final int BUFFER = 4 << 20;

  final SimNetwork network;
  private final SimDumbbell dumbbell;

  CongestionPath(long seed, Impairment data, Impairment acks) {
    network = new SimNetwork(seed);
    dumbbell = new SimDumbbell(network, data, acks);
  }

  /** A flow that is connected, and sends nothing yet. */
  Flow flow(String algorithm) {
    return flow(TcpConfig.builder().congestionControl(algorithm), Impairment.NONE);
  }

  Flow flow(TcpConfig.Builder config, Impairment access) {
    TcpConfig tcp =
        config.sendBuffer(BUFFER).receiveBuffer(BUFFER).maxOutOfOrder(2 * BUFFER / MSS).build();
    StackConfig sends = StackConfig.defaults().withPackets(1024).withTcp(tcp);
    Flow flow =
        new Flow(network, dumbbell.add(sends, sends.withPackets(1024 + BUFFER / MSS), access));
    assertThat(network.runUntil(flow::isUp, network.after(seconds(10)))).isTrue();
    return flow;
  }

  void run(long nanos) {
    network.run(network.after(nanos));
  }

  WireCounters counters() {
    return dumbbell.bottleneck().leftToRight().counters();
  }

  void impair(Impairment data) {
    dumbbell.bottleneck().leftToRight().impair(data);
  }

  /** A transfer from left to right whose receiver reads everything at once. */
  static final class Flow {
    private final byte[] chunk = new byte[64 * 1024];
    private final NetworkStack sending;
    private final NetworkStack receiving;
    private final TcpListener listener;
    private final Half client;
    private final Half server;
    final TcpConnection sender;
    private @Nullable TcpConnection receiver;

    /** What the application still has to send. */
    private long left;

    long received;

    Flow(SimNetwork network, SimDumbbell.Pair pair) {
      sending = pair.left().stack();
      receiving = pair.right().stack();
      PortBinding binding = receiving.tcp().bind(IpAddress.ANY_V6, 80, false);
      server = new Half(receiving, this::receive);
      client = new Half(sending, this::send);
      listener = receiving.tcp().listen(binding, 1, server);
      sender = sending.tcp().connect(null, pair.rightAddress(), 80, client);
      network.add(server);
      network.add(client);
    }

    private boolean isUp() {
      return receiver != null && receiver.isConnected() && sender.isConnected();
    }

    /** The application has so many more bytes to send. */
    void writes(long bytes) {
      left += bytes;
      client.ready = true;
    }

    /** The application always has more to send. */
    void begins() {
      writes(Long.MAX_VALUE / 2);
    }

    /** The application has nothing more to send. */
    void stops() {
      left = 0;
    }

    TcpCounters counters() {
      return sending.tcp().counters();
    }

    private void send() {
      int n = 1;
      boolean any = false;
      while (left > 0 && n > 0) {
        n = sender.write(chunk, 0, (int) Math.min(chunk.length, left));
        left -= Math.max(n, 0);
        any |= n > 0;
      }
      if (any) {
        sender.flush();
      }
    }

    private void receive() {
      if (receiver == null) {
        receiver = listener.accept();
        if (receiver != null) {
          receiver.events(server);
        }
      }
      TcpConnection connection = receiver;
      if (connection != null) {
        int read = 0;
        for (int n; (n = connection.read(chunk, 0, chunk.length)) > 0; ) {
          read += n;
        }
        if (read > 0) {
          received += read;
          connection.consumed();
        }
      }
    }
  }

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
