package io.tapstack.it.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.TCPSocket;
import io.tapstack.stack.StackConfig;
import io.tapstack.tap.TapLink;
import io.tapstack.tcp.Tcp;
import io.tapstack.tcp.TcpCounters;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A flood of SYNs from sources that do not exist, over TAP, while Linux downloads from the stack:
 * what becomes of the download, of new clients and of memory. The stack's device, the flooder's and
 * Linux itself are joined by a bridge of Linux. Not part of the tests; the README says how to run
 * it.
 */
@Command(
    name = "SynFloodBench",
    description = "A flood of SYNs over TAP during a download.",
    sortOptions = false)
class SynFloodBench implements Callable<Integer> {
  private static final String BRIDGE = "synbridge";
  private static final String LINUX = "10.80.0.1";
  private static final IpAddress STACK = IpAddress.parse("10.80.0.2");
  private static final int PORT = 80;
  private static final int CONNECT_MILLIS = 1500;

  /** Where /proc/net/dev has what a device failed to send. */
  private static final int TX_DROPPED = 12;

  @Option(names = "--rate", description = "SYNs per second; default: ${DEFAULT-VALUE}.")
  private int rate = 100_000;

  @Option(names = "--seconds", description = "Of each phase; default: ${DEFAULT-VALUE}.")
  private int seconds = 6;

  @Option(
      names = "--download",
      split = ",",
      description = "Mbit/s that the client reads at, 0 for no limit; default: ${DEFAULT-VALUE}.")
  private int[] downloads = {0, 100};

  private final PrintStream out = System.out;
  private final AtomicLong received = new AtomicLong();
  private volatile boolean stopping;

  /** Runs with the arguments of a system property. */
  @Test
  void measure() {
    String arguments = System.getProperty("tapstack.bench", "").strip();
    int status =
        new CommandLine(this).execute(arguments.isEmpty() ? new String[0] : arguments.split(" +"));
    assertThat(status).isZero();
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SynFloodBench()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    ip("link add name " + BRIDGE + " type bridge");
    try {
      ip("addr add " + LINUX + "/24 dev " + BRIDGE);
      ip("link set dev " + BRIDGE + " up");
      for (int download : downloads) {
        flood(download);
      }
    } finally {
      ip("link del dev " + BRIDGE);
    }
    return 0;
  }

  private void flood(int download) throws Exception {
    stopping = false;
    received.set(0);
    TapLink device = bridged("synstack");
    try (TapLink source = bridged("synflood");
        EthernetInterface net = new EthernetInterface(device, StackConfig.defaults())) {
      NsapiError.check(net.setNetwork(STACK + "/24", LINUX), "addresses");
      NsapiError.check(net.connect(), "connecting to the bridge");
      serve(net);
      try (Socket client = new Socket(STACK.toString(), PORT)) {
        Thread reader = thread("client", () -> read(client, download));
        out.printf(
            "%nThe client reads %s.%n",
            download == 0 ? "as fast as it can" : "at " + download + " Mbit/s");
        goodput(seconds); // lets the JVM compile, and the window open
        double quiet = goodput(seconds);
        final long heap = heap();
        final long direct = direct();
        final long dropped = dropped(device.name());
        Numbers before = Numbers.of(net);
        SynFlooder flooder = new SynFlooder(source, device.mac(), STACK, PORT, rate);
        AtomicInteger answered = new AtomicInteger();
        Thread others = thread("other clients", () -> connectAgain(answered));
        double flooded = goodput(seconds);
        flooder.stop();
        Numbers after = Numbers.of(net);
        others.join();
        out.printf("%-34s %,.0f per second%n", "SYNs offered", flooder.rate());
        out.printf(
            "%-34s %.0f and %.0f Mbit/s, ratio %.2f%n",
            "download before and during", quiet, flooded, flooded / quiet);
        out.printf("%-34s %d of %d%n", "new clients served meanwhile", answered.get(), seconds);
        out.printf("%-34s %,d kB%n", "growth of the heap", (heap() - heap) / 1000);
        out.printf("%-34s %,d kB%n", "growth of direct memory", (direct() - direct) / 1000);
        print(before, after);
        out.printf(
            "%-34s %,d%n", "frames the TAP's queue dropped", dropped(device.name()) - dropped);
        stopping = true;
        reader.join();
      }
    }
  }

  /** A device on the bridge, with a queue that holds what comes in 50 ms. */
  private static TapLink bridged(String name) throws Exception {
    TapLink link = TapLink.open(name);
    ip("link set dev " + name + " master " + BRIDGE + " txqueuelen 5000 up");
    return link;
  }

  /** Sends to the first client for ever, and a byte to all others. */
  private void serve(EthernetInterface net) {
    TCPSocket listener = new TCPSocket();
    NsapiError.check(listener.open(net), "opening");
    NsapiError.check(listener.bind(PORT), "binding");
    NsapiError.check(listener.listen(64), "listening");
    thread(
        "server",
        () -> {
          TCPSocket first = listener.accept();
          if (first != null) {
            thread("sender", () -> sendForEver(first));
          }
          for (TCPSocket other; (other = listener.accept()) != null; other.close()) {
            other.send(new byte[1]);
          }
        });
  }

  private static void sendForEver(TCPSocket socket) {
    byte[] bytes = new byte[1 << 16];
    while (socket.send(bytes) > 0) {
      // until the stack or the peer is gone
    }
  }

  private void read(Socket client, int megabits) {
    byte[] buffer = new byte[1 << 17];
    long start = System.nanoTime();
    try {
      InputStream in = client.getInputStream();
      while (!stopping) {
        int n = in.read(buffer);
        if (n < 0) {
          break;
        }
        long total = received.addAndGet(n);
        if (megabits > 0) {
          long due = start + total * 8000 / megabits;
          LockSupport.parkNanos(due - System.nanoTime());
        }
      }
    } catch (IOException e) {
      out.println("the download broke: " + e);
    }
  }

  /** Once a second, another client connects and wants its byte. */
  private void connectAgain(AtomicInteger answered) {
    for (int i = 0; i < seconds; i++) {
      long begin = System.nanoTime();
      try (Socket other = new Socket()) {
        other.connect(new InetSocketAddress(STACK.toString(), PORT), CONNECT_MILLIS);
        other.setSoTimeout(CONNECT_MILLIS);
        if (other.getInputStream().read() == 0) {
          answered.incrementAndGet();
        }
      } catch (SocketTimeoutException e) {
        // counted as not answered
      } catch (IOException e) {
        out.println("another client: " + e);
      }
      LockSupport.parkNanos(begin + 1_000_000_000 - System.nanoTime());
    }
  }

  /** Mbit/s that the client has received over the next seconds. */
  private double goodput(int over) throws InterruptedException {
    long before = received.get();
    long start = System.nanoTime();
    Thread.sleep(over * 1000L);
    return (received.get() - before) * 8e3 / (System.nanoTime() - start);
  }

  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** Frames for the stack that found the device's queue full. */
  private static long dropped(String device) throws IOException {
    // Not /sys, which shows the devices of the namespace where it was mounted.
    for (String line : Files.readAllLines(Path.of("/proc/self/net/dev"))) {
      String[] fields = line.strip().split("[: ]+");
      if (fields[0].equals(device)) {
        return Long.parseLong(fields[TX_DROPPED]);
      }
    }
    throw new IOException("there is no device " + device);
  }

  private static void ip(String arguments) throws Exception {
    Process process = new ProcessBuilder(("ip " + arguments).split(" ")).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException("\"ip " + arguments + "\" failed");
    }
  }

  /** What the stack has counted at one moment. */
  private record Numbers(
      long segments, long synDrops, long acceptDrops, long resets, int connections) {
    static Numbers of(EthernetInterface net) {
      Tcp tcp = net.driver().stack().tcp();
      TcpCounters counters = tcp.counters();
      return net.driver()
          .call(
              () ->
                  new Numbers(
                      counters.inSegments(),
                      counters.synQueueDrops(),
                      counters.acceptQueueDrops(),
                      counters.outResets(),
                      tcp.connections()));
    }
  }

  private void print(Numbers before, Numbers after) {
    out.printf("%-34s %,d%n", "segments that TCP took in", after.segments - before.segments);
    out.printf("%-34s %,d%n", "SYNs dropped, queue full", after.synDrops - before.synDrops);
    out.printf(
        "%-34s %,d%n", "SYNs dropped, accept queue full", after.acceptDrops - before.acceptDrops);
    out.printf("%-34s %,d%n", "resets sent", after.resets - before.resets);
    out.printf("%-34s %,d%n", "connections and half-open ones", after.connections);
  }
}
