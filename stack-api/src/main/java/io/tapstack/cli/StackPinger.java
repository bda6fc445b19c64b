package io.tapstack.cli;

import io.tapstack.base.Result;
import io.tapstack.ip.EchoListener;
import io.tapstack.ip.Unreachable;
import io.tapstack.runtime.StackDriver;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Echo requests of this project's stack. */
final class StackPinger implements Pinger, EchoListener {
  /**
   * What came of a request.
   *
   * @param at when, in nanoseconds
   * @param problem what the network said instead of replying, or null
   */
  private record Outcome(int sequence, long at, int hopLimit, @Nullable String problem) {}

  private final StackDriver driver;
  private final IpAddress to;
  private final int identifier = new SecureRandom().nextInt(1 << 16);
  private final BlockingQueue<Outcome> outcomes = new ArrayBlockingQueue<>(64);

  StackPinger(StackDriver driver, IpAddress to) {
    this.driver = driver;
    this.to = to;
    driver.run(() -> driver.stack().ip().echo().listener(this));
  }

  @Override
  public @Nullable Reply ask(int sequence, int size, int timeout) throws IOException {
    long sent = System.nanoTime();
    Result result =
        driver.call(() -> driver.stack().ip().echo().send(to, identifier, sequence, size));
    if (result != Result.OK) {
      throw new IOException("cannot be sent: " + result.words());
    }
    long deadline = sent + TimeUnit.MILLISECONDS.toNanos(timeout);
    try {
      while (true) {
        Outcome outcome = outcomes.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (outcome == null) {
          return null;
        }
        if (outcome.sequence() == sequence) {
          if (outcome.problem() != null) {
            throw new IOException(outcome.problem());
          }
          return new Reply(outcome.at() - sent, outcome.hopLimit());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public void replied(
      IpAddress from, int id, int sequence, int payloadBytes, int ttl, boolean intact) {
    if (id == identifier && from.equals(to)) {
      String problem = intact ? null : "the reply's data are not those of the request";
      // A full queue is nobody's: whoever asks takes outcomes out faster than requests go out.
      outcomes.offer(new Outcome(sequence, System.nanoTime(), ttl, problem));
    }
  }

  @Override
  public void failed(IpAddress unreached, int id, int sequence, Unreachable what) {
    if (id == identifier && unreached.equals(to)) {
      String words = what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      String problem =
          what == Unreachable.NEIGHBOUR
              ? "nobody on the network has this address"
              : "unreachable: " + words;
      outcomes.offer(new Outcome(sequence, System.nanoTime(), 0, problem));
    }
  }
}
