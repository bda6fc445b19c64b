package io.tapstack.cli;

import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tapstack ping}: echo requests from the stack, v4 and v6. */
@Command(
    name = "ping",
    mixinStandardHelpOptions = true,
    description = "Send ICMP echo requests; exit status 0 if any was answered, 1 if none.")
final class PingCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network = new NetworkOptions();

  @Parameters(
      paramLabel = "HOST",
      converter = AddressConverter.class,
      description = "An IPv4 or IPv6 address.")
  private @Nullable IpAddress host;

  @Option(
      names = {"-c", "--count"},
      paramLabel = "N",
      description = "Stop after N requests (default: go on until Ctrl-C).")
  private int count = Integer.MAX_VALUE;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      defaultValue = "56",
      description = "The length of the data (default: ${DEFAULT-VALUE}).")
  private int size = 56;

  @Option(
      names = {"-i", "--interval"},
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "The time from one request to the next (default: ${DEFAULT-VALUE}).")
  private double interval = 1;

  @Option(
      names = {"-W", "--wait"},
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "How long to wait for each reply (default: ${DEFAULT-VALUE}).")
  private double wait = 1;

  private final PingStatistics statistics = new PingStatistics();
  private final CountDownLatch stop = new CountDownLatch(1);

  PingCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    network.check();
    IpAddress to = Objects.requireNonNull(host);
    check(to);
    StackNetwork stack = StackNetwork.open(network);
    Shutdown shutdown = Shutdown.closing(this::stopAndReport, stack);
    try {
      Pinger pinger = stack.pinger(to);
      System.out.println("PING " + to + ": " + size + " data bytes");
      for (int i = 0; i < count && stop.getCount() > 0; i++) {
        long began = System.nanoTime();
        ask(pinger, to, i + 1);
        long left = (long) (interval * 1e9) - (System.nanoTime() - began);
        if (i + 1 < count && stop.await(left, TimeUnit.NANOSECONDS)) {
          break;
        }
      }
    } finally {
      shutdown.close();
    }
    return statistics.received() > 0 ? 0 : 1;
  }

  private void check(IpAddress to) {
    int room = to.isV4() ? 65_507 : 65_527; // what the length fields of IP can say
    if (size < 0 || size > room) {
      throw network.wrong("-s " + size + " is out of range; expected 0 to " + room);
    }
    if (count < 1) {
      throw network.wrong("-c " + count + " is out of range; expected 1 or more");
    }
    if (!(interval >= 0 && interval <= 3600)) {
      throw network.wrong("-i " + interval + " is out of range; expected 0 to 3600 seconds");
    }
    if (!(wait >= 0.001 && wait <= 3600)) {
      throw network.wrong("-W " + wait + " is out of range; expected 0.001 to 3600 seconds");
    }
  }

  private void ask(Pinger pinger, IpAddress to, int sequence) {
    statistics.sent();
    try {
      Pinger.Reply reply = pinger.ask(sequence & 0xffff, size, (int) Math.round(wait * 1000));
      if (reply == null) {
        System.out.println("no answer to icmp_seq=" + sequence);
        return;
      }
      statistics.received(reply.nanos());
      System.out.printf(
          Locale.ROOT,
          "%d bytes from %s: icmp_seq=%d ttl=%d time=%.3f ms%n",
          size + 8,
          to,
          sequence,
          reply.hopLimit(),
          reply.nanos() / 1e6);
    } catch (IOException e) {
      System.out.println("icmp_seq=" + sequence + ": " + e.getMessage());
    }
  }

  private void stopAndReport() {
    stop.countDown();
    System.out.println("--- " + host + " ping statistics ---");
    System.out.println(statistics);
    System.out.flush();
  }
}
