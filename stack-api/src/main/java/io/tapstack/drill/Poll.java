package io.tapstack.drill;

import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** {@code poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, timeout)}. */
final class Poll implements Operation {
  private static final long ALWAYS = 0x18;
  private static final long INVALID = 0x20;

  private final LongFunction<@Nullable Descriptor> open;
  private final Bench bench;
  private final List<Value> files;
  private final long deadline;

  /**
   * Begins it.
   *
   * @param millis the timeout; negative is for ever
   */
  Poll(LongFunction<@Nullable Descriptor> open, Bench bench, Value files, long millis) {
    if (!(files instanceof Value.Items items)) {
      throw new Unsupported("syntax: poll without an array of files");
    }
    this.open = open;
    this.bench = bench;
    this.files = items.values();
    long timeout = timeout(millis);
    deadline = timeout == Long.MAX_VALUE ? timeout : bench.now() + timeout;
  }

  /** A timeout of {@code poll} or {@code epoll_wait}, in nanoseconds. */
  static long timeout(long millis) {
    return millis < 0 ? Long.MAX_VALUE : Math.min(millis, Integer.MAX_VALUE) * 1_000_000;
  }

  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public @Nullable Outcome attempt() {
    int ready = 0;
    String output = null;
    for (Value file : files) {
      if (!(file instanceof Value.Struct struct)) {
        throw new Unsupported("poll of " + file);
      }
      long events = field(struct, "events");
      Descriptor descriptor = open.apply(field(struct, "fd"));
      long seen = descriptor == null ? INVALID : descriptor.ready() & (events | ALWAYS);
      ready += seen != 0 ? 1 : 0;
      Value expected = struct.fields().get("revents");
      if (expected != null
          && !(expected instanceof Value.Any)
          && Constants.integer(expected) != seen) {
        output = "revents " + Constants.pollText(seen);
      }
    }
    return ready == 0 && bench.now() < deadline ? null : new Outcome(ready, null, output);
  }

  private static long field(Value.Struct struct, String name) {
    Value value = struct.fields().get(name);
    if (value == null) {
      throw new Unsupported("syntax: poll without " + name);
    }
    return Constants.integer(value);
  }
}
