package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.StackTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The cache against a linked map that does the same. */
class PathMtuCacheProperties {
  private record Known(int mtu, long learned) {}

  @Property(tries = 50)
  void doesWhatALinkedMapDoes(@ForAll long seed) {
    Random random = new Random(seed);
    StackTime time = new StackTime(random.nextInt());
    PathMtuCache cache = new PathMtuCache(time, random);
    Map<Long, Known> model = new LinkedHashMap<>(16, 0.75f, true); // by last use
    int destinations = random.nextBoolean() ? 30 : PathMtuCache.CAPACITY + 200;
    for (int i = 0; i < 6 * destinations; i++) {
      time.advance(time.now() + random.nextLong(PathMtuCache.LIFETIME_NANOS / destinations));
      long who = random.nextInt(destinations);
      int port = (int) who % 3;
      if (random.nextInt(3) > 0) {
        int mtu = 1280 + random.nextInt(200);
        Known known = current(model, who, time.now());
        boolean less = known == null || mtu < known.mtu;
        assertThat(cache.lower(who * 7, who, port, mtu)).isEqualTo(less);
        if (known == null && model.size() == PathMtuCache.CAPACITY) {
          model.remove(model.keySet().iterator().next());
        }
        if (less || mtu == known.mtu) {
          model.put(who, new Known(mtu, time.now()));
        }
      } else {
        Known known = current(model, who, time.now());
        assertThat(cache.mtu(who * 7, who, port, 1500)).isEqualTo(known == null ? 1500 : known.mtu);
      }
      assertThat(cache.size()).isEqualTo(model.size());
    }
  }

  /** What is known and not too old; the old is forgotten when asked for. */
  private static Known current(Map<Long, Known> model, long who, long now) {
    Known known = model.get(who);
    if (known != null && now - known.learned >= PathMtuCache.LIFETIME_NANOS) {
      model.remove(who);
      return null;
    }
    return known;
  }
}
