package io.tapstack.it.relay;

import io.tapstack.link.Link;
import io.tapstack.runtime.PcapLink;
import io.tapstack.sim.Impairment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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
  private static final int PORT = 5001;

  /** So much longer than the receiver the sender goes on, whose clock starts a little earlier. */
  private static final double AFTER = 1;

  /** What came of it; {@code lateMillis} is by how much the relay was late with a frame at most. */
  record Result(Sent sent, Received received, double lateMillis, long relayDrops) {}

  Result run() throws IOException {
    try (End sender = end(way.stackSends(), SENDER);
        End receiver = end(way.stackReceives(), RECEIVER);
        Relay relay =
            new Relay("relay", captured(sender), receiver.link(), impairment, impairment, seed)) {
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
      return new Result(
          sent,
          result,
          relay.latestNanos() / 1e6,
          relay.toRight().memoryDrops() + relay.toLeft().memoryDrops());
    } catch (InterruptedException | ExecutionException e) {
      throw new CompletionException(e);
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

  private End end(boolean stack, String address) throws IOException {
    List<String> addresses = List.of(address + "/24");
    return stack ? new StackEnd(Algorithms.config(algorithm), addresses) : new LinuxEnd(addresses);
  }
}
