package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.sim.Impairment;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One case of the transfer property: two applications over a bad wire, each of which writes a
 * stream of its own while it reads the other's, in random pieces, and ends in its own way.
 * Everything follows from the numbers of this record, so its text replays it.
 *
 * @param loss to {@code corruption} in thousandths of all frames
 * @param delay one way, in microseconds
 * @param calm when the wire becomes perfect, in milliseconds after the connection was made; 0 for
 *     never. In the third before the last of that time it is cut
 * @param algorithm which congestion control, by its place among {@link CongestionControls#names}
 * @param options a bit for each, see {@link #config} and {@link #run}
 * @param leftEnd how the left application ends, see {@link End}
 */
record Transfer(
    long seed,
    int loss,
    int reordering,
    int duplication,
    int corruption,
    int delay,
    int calm,
    int leftBytes,
    int rightBytes,
    int buffers,
    int packets,
    int algorithm,
    int options,
    int leftEnd,
    int rightEnd) {

  /** How an application ends. */
  enum End {
    /** Half-close after the last byte, read to the end, close. */
    GRACEFUL,
    /** Close after the last byte without reading the rest. */
    CLOSE,
    /** Abort somewhere in the middle. */
    ABORT
  }

  /** So many combinations of options there are. */
  static final int OPTIONS = 1 << 10;

  /**
   * So long after the wire became perfect all must be over: the largest RTO or persist interval of
   * 60 s, and what the applications need for some kilobytes at a time.
   */
  private static final long PROGRESS = Duration.ofMinutes(5).toNanos();

  private static final long DEADLINE = Duration.ofHours(6).toNanos();

  /** The case as a text that {@link #parse} reads. */
  String text() {
    return Arrays.stream(
            new long[] {
              seed,
              loss,
              reordering,
              duplication,
              corruption,
              delay,
              calm,
              leftBytes,
              rightBytes,
              buffers,
              packets,
              algorithm,
              options,
              leftEnd,
              rightEnd
            })
        .mapToObj(Long::toString)
        .collect(Collectors.joining(","));
  }

  static Transfer parse(String text) {
    long[] v = Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
    int[] i = IntStream.range(0, v.length).map(k -> (int) v[k]).toArray();
    return new Transfer(
        v[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8], i[9], i[10], i[11], i[12], i[13],
        i[14]);
  }

  /** A case in which everything follows from one number. */
  static Transfer random(long seed) {
    SplittableRandom r = new SplittableRandom(seed);
    int[] buffers = {2048, 4096, 16_384, 65_536, 262_144};
    int[] ends = {0, 0, 0, 0, 1, 2};
    return new Transfer(
        seed,
        r.nextInt(201),
        r.nextInt(301),
        r.nextInt(101),
        r.nextInt(51),
        r.nextInt(50_001),
        r.nextBoolean() ? 0 : 1 + r.nextInt(60_000),
        r.nextInt(60_001),
        r.nextInt(60_001),
        buffers[r.nextInt(buffers.length)],
        48 + r.nextInt(977),
        r.nextInt(CongestionControls.names().size()),
        r.nextInt(OPTIONS),
        ends[r.nextInt(ends.length)],
        ends[r.nextInt(ends.length)]);
  }

  private boolean option(int bit) {
    return (options >> bit & 1) != 0;
  }

  private TcpConfig config() {
    String name = CongestionControls.names().get(algorithm % CongestionControls.names().size());
    return TcpConfig.builder()
        .sendBuffer(buffers)
        .receiveBuffer(buffers)
        .timestamps(option(0))
        .windowScaling(option(1))
        .sack(option(4))
        .rack(option(5))
        .tailLossProbe(option(6))
        .forwardRto(option(7))
        .duplicateSack(option(8))
        .pacing(option(9))
        .congestionControl(name)
        .build();
  }

  /** Runs the case; an {@link AssertionError} says what is wrong. */
  void run() {
    Impairment impairment =
        Impairment.NONE
            .delay(delay * 1000L)
            .loss(loss / 1000.0)
            .reordering(reordering / 1000.0, 1 + delay * 500L)
            .duplication(duplication / 1000.0)
            .corruption(corruption / 1000.0);
    TwoStacks net = new TwoStacks(seed, new StackConfig(packets, 2048, config()), impairment);
    WireRules rules = new WireRules(net.cable.leftToRight());
    net.network.observe(rules);
    SplittableRandom random = new SplittableRandom(seed);
    PortBinding binding = net.right.tcp().bind(IpAddress.ANY_V6, 80, false);
    TcpListener listener = net.right.tcp().listen(binding, 1, TcpEvents.NONE);
    IpAddress server = IpAddress.parse(option(2) ? "fd00::2" : "10.0.0.2");
    TcpConnection client = net.left.tcp().connect(null, server, 80, TcpEvents.NONE);
    client.noDelay(option(3));
    net.network.runUntil(
        () -> listener.pending() > 0 || client.state() == TcpState.CLOSED, DEADLINE);
    TcpConnection accepted = listener.accept();
    if (accepted == null) {
      // The client gave up; or the server did, its RST was lost, and the client has not noticed.
      boolean reported = client.failure() != null;
      boolean alone = net.right.tcp().connections() == 0;
      require(reported || alone, "no connection, and no reason: %s", client);
      client.abort();
      listener.close();
      atRest(net);
      return;
    }
    rules.watch(client, accepted);
    Application left = new Application(client, 1, leftBytes, leftEnd, random.split());
    Application right = new Application(accepted, 2, rightBytes, rightEnd, random.split());
    wake(net, left, random.split());
    wake(net, right, random.split());
    long limit = calm == 0 ? DEADLINE : calmDown(net, impairment, left, right) + PROGRESS;
    boolean ended = net.network.runUntil(() -> left.ended() && right.ended(), limit);
    require(ended, "no end after %s: %s, %s", Duration.ofNanos(limit), left, right);
    rules.hold();
    left.judge(right);
    right.judge(left);
    listener.close();
    binding.release();
    atRest(net);
  }

  /** Cuts and mends the wire, and takes its faults away; returns when that is done. */
  private long calmDown(TwoStacks net, Impairment faults, Application left, Application right) {
    net.network.run(net.network.after(Duration.ofMillis(calm / 3).toNanos()));
    net.cable.cut();
    net.network.run(net.network.after(Duration.ofMillis(calm / 3).toNanos()));
    net.cable.mend();
    net.network.run(net.network.after(Duration.ofMillis(calm / 3).toNanos()));
    net.cable.impair(Impairment.NONE.delay(faults.delayNanos()));
    left.promise();
    right.promise();
    return net.network.now();
  }

  private static void atRest(TwoStacks net) {
    require(net.network.runUntilIdle(3 * DEADLINE), "something never comes to rest");
    require(net.network.framesOutstanding() == 0, "frames are left on the wire");
    atRest(net.left);
    atRest(net.right);
  }

  private static void wake(TwoStacks net, Application application, SplittableRandom random) {
    if (!application.ended()) {
      application.turn();
      long pause =
          random.nextInt(4) == 0 ? random.nextLong(200_000_000) : random.nextLong(5_000_000);
      net.network.at(net.network.now() + pause, () -> wake(net, application, random));
    }
  }

  private static void atRest(NetworkStack stack) {
    require(stack.tcp().connections() == 0, "%d connections are left", stack.tcp().connections());
    require(stack.timers() == 0, "%d timers are left", stack.timers());
    int out = stack.pool().outstanding();
    require(out == 0, "%d packets are not back in the pool", out);
  }

  static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new AssertionError(String.format(message, values));
    }
  }

  /** One side's program. */
  private static final class Application {
    private final TcpConnection connection;
    private final int stream;
    private final int total;
    private final End end;
    private final SplittableRandom random;
    private final int abortAt;
    private int written;
    private int read;
    private boolean shut;
    private boolean sawEnd;
    private boolean closed;
    private boolean promised;

    Application(TcpConnection c, int stream, int total, int end, SplittableRandom random) {
      connection = c;
      // A peer that aborts may lose its RST: only a probe finds out.
      c.keepAlive(true, 60_000_000_000L, 10_000_000_000L, 9);
      this.stream = stream;
      this.total = total;
      this.end = End.values()[end];
      this.random = random;
      abortAt = random.nextInt(total + 1);
    }

    boolean ended() {
      return closed;
    }

    /** From now on nothing is lost: if the connection lives, it must end well. */
    void promise() {
      promised = connection.failure() == null;
    }

    void turn() {
      read();
      write();
      if (end == End.ABORT && written >= abortAt) {
        connection.abort();
        closed = true;
      } else if (end == End.CLOSE && written == total || sawEnd && (shut || !canWrite())) {
        connection.close();
        closed = true;
      } else if (written == total && !shut) {
        connection.shutdownOutput();
        shut = true;
      }
    }

    private boolean canWrite() {
      return connection.acceptsWrites();
    }

    private void write() {
      int size = Math.min(total - written, 1 + random.nextInt(20_000));
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = octet(stream, written + i);
      }
      written += connection.write(bytes, 0, size);
      connection.flush();
    }

    private void read() {
      byte[] bytes = new byte[1 + random.nextInt(20_000)];
      int n = connection.read(bytes, 0, bytes.length);
      for (int i = 0; i < n; i++) {
        byte expected = octet(3 - stream, read + i);
        require(bytes[i] == expected, "byte %d of %s is wrong", read + i, this);
      }
      if (n > 0) {
        read += n;
        connection.consumed();
      }
      sawEnd |= n < 0;
    }

    /** What this side saw against what the other did. */
    void judge(Application other) {
      require(read <= other.written, "%s read more than %s wrote", this, other);
      boolean both = end == End.GRACEFUL && other.end == End.GRACEFUL;
      Result failure = connection.failure();
      if (both && promised && other.promised) {
        require(failure == null, "%s broke on a perfect wire: %s", this, failure);
      }
      if (both && failure == null && other.connection.failure() == null) {
        require(read == other.total, "%s ended well without all of %s", this, other);
      }
      if (end == End.GRACEFUL && sawEnd && failure == null) {
        // The end of the stream was seen, and no failure: then all of it was.
        require(read == other.written, "%s saw the end of %s too early", this, other);
      }
      require(
          !both || failure == null || failure == Result.TIMED_OUT || failure == Result.RESET,
          "%s broke: %s",
          this,
          failure);
    }

    private static byte octet(int stream, int position) {
      int mixed = position * 0x9e3779b1 + stream * 0x85ebca6b;
      return (byte) (mixed >>> 24);
    }

    @Override
    public String toString() {
      return String.format(
          "application %d (%s; wrote %d of %d, read %d, %s, %s)",
          stream, end, written, total, read, connection.state(), connection.failure());
    }
  }
}
