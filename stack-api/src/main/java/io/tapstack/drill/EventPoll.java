package io.tapstack.drill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** {@code epoll}: which descriptors are ready, by level or by edge. */
final class EventPoll implements Descriptor {
  static final long READABLE = 0x1;
  static final long WRITABLE = 0x4;

  /** EPOLLERR and EPOLLHUP, which are told whether asked for or not. */
  private static final long ALWAYS = 0x18;

  private static final long EDGE = 1L << 31;
  private static final long ONCE = 1L << 30;
  private static final long ASKABLE = 0xffff;

  private static final class Interest {
    long events;
    Map<String, Value> data;
    long edges;
    boolean armed = true;

    /** Something may have happened before it was asked for. */
    boolean fresh = true;

    Interest(long events, Map<String, Value> data) {
      this.events = events;
      this.data = data;
    }
  }

  private final LongFunction<@Nullable Descriptor> files;
  private final Map<Long, Interest> interests = new LinkedHashMap<>();
  private boolean nonBlocking;

  EventPoll(LongFunction<@Nullable Descriptor> files) {
    this.files = files;
  }

  /** {@code epoll_ctl}. */
  Outcome control(String operation, long file, Value event) {
    Interest known = interests.get(file);
    if (files.apply(file) == null) {
      return Outcome.error("EBADF");
    }
    switch (operation) {
      case "EPOLL_CTL_DEL" -> {
        return interests.remove(file) == null ? Outcome.error("ENOENT") : Outcome.of(0);
      }
      case "EPOLL_CTL_ADD", "EPOLL_CTL_MOD" -> {
        boolean adds = operation.equals("EPOLL_CTL_ADD");
        if (adds == (known != null)) {
          return Outcome.error(adds ? "EEXIST" : "ENOENT");
        }
        interests.put(file, new Interest(events(event), fields(event)));
        return Outcome.of(0);
      }
      default -> throw new Unsupported("epoll_ctl " + operation);
    }
  }

  private static Map<String, Value> fields(Value event) {
    if (event instanceof Value.Struct struct) {
      return struct.fields();
    }
    throw new Unsupported("syntax: the epoll event " + event);
  }

  private static long events(Value event) {
    Value events = fields(event).get("events");
    if (events == null) {
      throw new Unsupported("syntax: the epoll event " + event);
    }
    return Constants.integer(events);
  }

  /**
   * {@code epoll_wait}.
   *
   * @param expected the events that the script says
   * @return null if nothing is ready
   */
  @Nullable Outcome poll(Value expected, long most) {
    List<String> seen = new ArrayList<>();
    List<Value> listed = expected instanceof Value.Items items ? items.values() : List.of(expected);
    String difference = null;
    for (Map.Entry<Long, Interest> entry : interests.entrySet()) {
      Descriptor file = files.apply(entry.getKey());
      Interest interest = entry.getValue();
      if (file == null || !interest.armed || seen.size() >= most) {
        continue; // a closed descriptor is forgotten
      }
      long ready = ready(file, interest);
      if (ready == 0) {
        continue;
      }
      Value wanted = seen.size() < listed.size() ? listed.get(seen.size()) : new Value.Any();
      String event = "{events=" + Constants.pollText(ready) + ", fd=" + entry.getKey() + "}";
      seen.add(event);
      if (!(wanted instanceof Value.Any) && !matches(wanted, ready, interest, entry.getKey())) {
        difference = event;
      }
      interest.armed = (interest.events & ONCE) == 0;
    }
    return seen.isEmpty() ? null : new Outcome(seen.size(), null, difference);
  }

  private static long ready(Descriptor file, Interest interest) {
    long wanted = interest.events & ASKABLE | ALWAYS;
    long ready = file.ready() & wanted;
    if ((interest.events & EDGE) == 0) {
      return ready;
    }
    interest.edges |= file.takeEdges();
    boolean tell = interest.fresh || (interest.edges & wanted) != 0;
    if (ready == 0 || !tell) {
      return 0;
    }
    interest.fresh = false;
    interest.edges = 0;
    return ready;
  }

  private static boolean matches(Value wanted, long ready, Interest interest, long file) {
    for (Map.Entry<String, Value> field : fields(wanted).entrySet()) {
      Value value = field.getValue();
      if (value instanceof Value.Any) {
        continue;
      }
      long expected = Constants.integer(value);
      if (field.getKey().equals("events")) {
        if (expected != ready) {
          return false;
        }
      } else {
        Value kept = interest.data.get(field.getKey());
        long given = kept != null ? Constants.integer(kept) : file;
        if (expected != given) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public long ready() {
    for (Map.Entry<Long, Interest> entry : interests.entrySet()) {
      Descriptor file = files.apply(entry.getKey());
      long wanted = entry.getValue().events & ASKABLE | ALWAYS;
      if (file != null && entry.getValue().armed && (file.ready() & wanted) != 0) {
        return READABLE;
      }
    }
    return 0;
  }

  @Override
  public long takeEdges() {
    return READABLE;
  }

  @Override
  public void close() {
    interests.clear();
  }

  @Override
  public boolean isNonBlocking() {
    return nonBlocking;
  }

  @Override
  public void nonBlocking(boolean on) {
    nonBlocking = on;
  }
}
