package io.tapstack.it.relay;

import io.tapstack.link.Link;
import io.tapstack.runtime.PcapLink;
import io.tapstack.sim.Impairment;
import io.tapstack.stack.StackConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One transfer over one relay: the sender is to the left, the receiver to the right.
 *
 * @param seed of the relay
 * @param traces a directory for the sender's time line and a capture, or null
 */
record Run(
    Way way,
    String algorithm,
    Impairment impairment,
    double seconds,
    long seed,
    @Nullable Path traces) {
  private static final String SENDER = "10.7.0.1";
  private static final String RECEIVER = "10.7.0.2";
  private static final String PREFIX = "/24";
  private static final int PORT = 5001;

  private static final int SETTING_UP = 60;

  /** So much longer than the receiver the sender goes on, whose clock starts a little earlier. */
  private static final double AFTER = 1;

  /** What came of it; {@code late} is the part of the frames that the relay was late with. */
  record Result(Sent sent, Received received, double late) {}

  /**
   * Runs.
   *
   * @param together awaited when all is set up, so that no run is disturbed by the start of another
   */
  Result run(CyclicBarrier together) throws Exception {
    try (End sender = sender();
        End receiver = receiver();
        Relay relay =
            new Relay("relay", captured(sender), receiver.link(), impairment, impairment, seed)) {
      together.await(SETTING_UP, TimeUnit.SECONDS);
      End.Reception reception = receiver.receive(PORT, seconds);
      CompletableFuture<Received> received = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  received.complete(reception.await());
                } catch (IOException | RuntimeException e) {
                  received.completeExceptionally(e);
                }
              },
              "receiver");
      thread.setDaemon(true);
      thread.start();
      Sent sent = sender.send(RECEIVER, PORT, algorithm, seconds + AFTER, trace("csv"));
      Received result = received.get();
      return new Result(sent, result, relay.late());
    }
  }

  private Link captured(End sender) throws IOException {
    Path file = trace("pcapng");
    return file == null ? sender.link() : PcapLink.capture(sender.link(), file);
  }

  private @Nullable Path trace(String extension) {
    return traces == null
        ? null
        : traces.resolve(
            "%s-%s-%d.%s"
                .formatted(way.name().toLowerCase().replace('_', '-'), algorithm, seed, extension));
  }

  private End sender() throws IOException {
    List<String> addresses = List.of(SENDER + PREFIX);
    return way.stackSends()
        ? new StackEnd(Algorithms.config(algorithm), addresses)
        : new LinuxEnd(addresses);
  }

  private End receiver() throws IOException {
    List<String> addresses = List.of(RECEIVER + PREFIX);
    return way.stackReceives()
        ? new StackEnd(StackConfig.defaults(), addresses)
        : new LinuxEnd(addresses);
  }
}
