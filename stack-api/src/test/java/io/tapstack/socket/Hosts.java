package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Pipe;
import io.tapstack.runtime.SimulatedDriver;
import io.tapstack.runtime.SimulatedThread;
import io.tapstack.runtime.SimulatedTime;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimCable;
import io.tapstack.sim.SimNetwork;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Two hosts on one cable, for tests that run the same program over real threads and over a
 * simulation: {@code a} is 10.77.0.1 and fd77::1, {@code b} is 10.77.0.2 and fd77::2.
 */
abstract class Hosts implements AutoCloseable {
  /** What joins the two. */
  enum Wire {
    /** A pipe in memory, and a loop with a thread for each stack. */
    PIPE,
    /** A simulated cable with 1 ms of delay, on a virtual clock. */
    SIMULATED;

    Hosts connect() {
      return this == PIPE ? new OverPipe() : new Simulated(Impairment.NONE.delay(1_000_000));
    }
  }

  /** What a thread of a test does. */
  interface Body {
    void run() throws Exception;
  }

  static final String A = "10.77.0.1";
  static final String B = "10.77.0.2";
  static final String A6 = "fd77::1";
  static final String B6 = "fd77::2";

  /** An address on the wire that nobody has. */
  static final String NOBODY = "10.77.0.99";

  private static final StackConfig CONFIG = StackConfig.defaults().withPackets(2048);

  /** Errors that a driver reported; there should be none. */
  final ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();

  abstract EthernetInterface a();

  abstract EthernetInterface b();

  /** Runs something beside the test; a failure of it is thrown by {@link #join}. */
  abstract void start(String name, Body body);

  /** Waits for all that was started. */
  abstract void join();

  abstract void sleep(long millis);

  abstract long nanos();

  /** How much later than asked a wait may end, in milliseconds: a busy machine is slow. */
  abstract long slackMillis();

  /** Waits for something that is to happen soon, however slow the machine is. */
  void until(String what, BooleanSupplier happened) {
    for (int i = 0; i < 2000 && !happened.getAsBoolean(); i++) {
      sleep(5);
    }
    assertThat(happened.getAsBoolean()).as(what).isTrue();
  }

  /** Has both hosts know each other's MAC address, so that nothing waits for it or is lost. */
  void acquaint() {
    UDPSocket left = udp(a());
    UDPSocket right = udp(b());
    assertThat(left.bind(60_000)).isZero();
    assertThat(right.sendto(new SocketAddress(A, 60_000), new byte[1])).isEqualTo(1);
    assertThat(left.recv(new byte[1])).isEqualTo(1);
    assertThat(left.close()).isZero();
    assertThat(right.close()).isZero();
  }

  static Hosts simulated(Impairment impairment) {
    return new Simulated(impairment);
  }

  private static void up(EthernetInterface net, String v4, String v6) {
    assertThat(net.setNetwork(v4 + "/24", null)).isZero();
    assertThat(net.addAddress(v6 + "/64")).isZero();
    assertThat(net.connect()).as(net.lastProblem()).isZero();
  }

  // ---- sockets that tests need all the time ----

  static TCPSocket tcp(EthernetInterface on) {
    TCPSocket socket = new TCPSocket();
    assertThat(socket.open(on)).isZero();
    return socket;
  }

  static UDPSocket udp(EthernetInterface on) {
    UDPSocket socket = new UDPSocket();
    assertThat(socket.open(on)).isZero();
    return socket;
  }

  /** A socket of {@code a} that listens. */
  TCPSocket listening(int port) {
    TCPSocket socket = tcp(a());
    assertThat(socket.bind(port)).isZero();
    assertThat(socket.listen(16)).isZero();
    return socket;
  }

  /** A connection: the accepted socket of {@code a}, then the connected one of {@code b}. */
  TCPSocket[] pair(int port) {
    TCPSocket listener = listening(port);
    TCPSocket client = tcp(b());
    assertThat(client.connect(new SocketAddress(A, port))).isZero();
    TCPSocket accepted = listener.accept();
    assertThat(accepted).isNotNull();
    assertThat(listener.close()).isZero();
    return new TCPSocket[] {accepted, client};
  }

  /** Echoes what connections to a port of {@code a} send, until the listener is closed. */
  TCPSocket echo(int port) {
    TCPSocket listener = listening(port);
    start(
        "echo",
        () -> {
          TCPSocket connection;
          while ((connection = listener.accept()) != null) {
            TCPSocket one = connection;
            start("echo-connection", () -> echo(one));
          }
        });
    return listener;
  }

  private static void echo(TCPSocket connection) {
    byte[] bytes = new byte[4096];
    int n;
    while ((n = connection.recv(bytes)) > 0) {
      assertThat(connection.send(bytes, 0, n)).isEqualTo(n);
    }
    connection.close();
  }

  static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  static byte[] receive(TCPSocket from, int length) {
    byte[] bytes = new byte[length];
    int got = 0;
    while (got < length) {
      int n = from.recv(bytes, got, length - got);
      assertThat(n).as("after %d of %d bytes", got, length).isPositive();
      got += n;
    }
    return bytes;
  }

  @Override
  public abstract void close();

  private static final class OverPipe extends Hosts {
    private final EthernetInterface a;
    private final EthernetInterface b;
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    OverPipe() {
      Pipe pipe = Pipe.create();
      a = new EthernetInterface(pipe.left(), CONFIG);
      b = new EthernetInterface(pipe.right(), CONFIG);
      up(a, A, A6);
      up(b, B, B6);
    }

    @Override
    EthernetInterface a() {
      return a;
    }

    @Override
    EthernetInterface b() {
      return b;
    }

    @Override
    void start(String name, Body body) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  body.run();
                } catch (Exception | Error e) {
                  failures.add(e);
                }
              },
              "test-" + name);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }

    @Override
    void join() {
      try {
        for (Thread thread; (thread = threads.poll()) != null; ) {
          thread.join(TimeUnit.SECONDS.toMillis(20));
          assertThat(thread.isAlive()).as(thread.getName() + " still runs").isFalse();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(failures).isEmpty();
    }

    @Override
    void sleep(long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    long nanos() {
      return System.nanoTime();
    }

    @Override
    long slackMillis() {
      return 5000;
    }

    @Override
    public void close() {
      a.close();
      b.close();
    }
  }

  private static final class Simulated extends Hosts {
    private final SimNetwork network = new SimNetwork(77);
    private final SimulatedTime time = new SimulatedTime(network);
    private final EthernetInterface a;
    private final EthernetInterface b;
    private final ConcurrentLinkedQueue<SimulatedThread> threads = new ConcurrentLinkedQueue<>();

    Simulated(Impairment impairment) {
      SimCable cable = network.cable("a", "b", impairment);
      a = new EthernetInterface(driver(), cable.left());
      b = new EthernetInterface(driver(), cable.right());
      up(a, A, A6);
      up(b, B, B6);
    }

    private SimulatedDriver driver() {
      return new SimulatedDriver(
          time, new NetworkStack(CONFIG, network.newRandom(), network.now()), problems::add);
    }

    @Override
    EthernetInterface a() {
      return a;
    }

    @Override
    EthernetInterface b() {
      return b;
    }

    @Override
    void start(String name, Body body) {
      threads.add(
          time.start(
              "test-" + name,
              () -> {
                try {
                  body.run();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }));
    }

    @Override
    void join() {
      for (SimulatedThread thread; (thread = threads.poll()) != null; ) {
        time.join(thread);
      }
    }

    @Override
    void sleep(long millis) {
      time.sleep(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Override
    long nanos() {
      return time.now();
    }

    @Override
    long slackMillis() {
      return 0;
    }

    @Override
    public void close() {
      a.close();
      b.close();
      a.driver().close();
      b.driver().close();
      assertThat(problems).isEmpty();
    }
  }
}
