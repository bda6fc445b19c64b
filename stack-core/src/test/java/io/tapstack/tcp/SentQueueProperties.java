package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The records of what is in flight, held against a list of objects. */
class SentQueueProperties {
  private static final int BASE = Integer.MAX_VALUE - 5000; // numbers wrap

  private static final class Model {
    int start;
    int end;
    long time;
    long order;
    boolean sacked;
    boolean lost;
    boolean again;

    int length() {
      return end - start;
    }

    boolean isLinked() {
      return !sacked && (!lost || again);
    }
  }

  private final SentQueue queue = new SentQueue();
  private final RateSampler rate = new RateSampler();
  private final List<Model> model = new ArrayList<>();
  private int next = BASE;
  private long now;
  private long order;

  @Property(tries = 1500)
  void isAListOfRecords(@ForAll("programs") List<Integer> program) {
    queue.release();
    model.clear();
    next = BASE;
    for (int step : program) {
      now += step % 3;
      apply(Math.floorMod(step, 9), Math.floorMod(step / 9, 1 << 20));
      compare();
    }
  }

  private void apply(int what, int pick) {
    if (what <= 1) {
      append(1 + pick % 3000);
      return;
    }
    if (model.isEmpty()) {
      return;
    }
    int index = pick % model.size();
    Model m = model.get(index);
    int slot = queue.firstFrom(m.start);
    assertThat(queue.start(slot)).isEqualTo(m.start);
    switch (what) {
      case 2 -> {
        queue.markLost(slot);
        if (!m.sacked) {
          m.lost = true;
          m.again = false;
        }
      }
      case 3 -> {
        if (!m.sacked) {
          queue.markSacked(slot);
          m.sacked = true;
          m.lost = false;
          m.again = false;
        }
      }
      case 4 -> {
        int lost = queue.nextToRetransmit();
        Model first = model.stream().filter(x -> x.lost && !x.again).findFirst().orElse(null);
        if (first == null) {
          assertThat(lost).isEqualTo(SentQueue.NONE);
        } else {
          assertThat(queue.start(lost)).isEqualTo(first.start);
          queue.retransmitted(lost, now, rate);
          first.again = true;
          first.time = now;
          first.order = order++;
        }
      }
      case 5 -> {
        queue.removeFirst();
        model.remove(0);
      }
      case 6 -> {
        Model first = model.get(0);
        if (first.length() > 1) {
          int cut = first.start + 1 + pick % (first.length() - 1);
          queue.trimFirst(cut);
          first.start = cut;
        }
      }
      case 7 -> {
        if (m.length() > 1) {
          split(index, m, slot, m.start + 1 + pick % (m.length() - 1));
        }
      }
      default -> {
        if (pick % 2 == 0) {
          queue.forgetLosses();
          model.forEach(x -> x.lost = false);
        } else {
          queue.forgetSacks();
          model.forEach(x -> x.sacked = false);
        }
      }
    }
  }

  private void append(int length) {
    queue.append(next, next + length, now, rate);
    Model m = new Model();
    m.start = next;
    m.end = next + length;
    m.time = now;
    m.order = order++;
    model.add(m);
    next += length;
  }

  private void split(int index, Model m, int slot, int cut) {
    queue.split(slot, cut);
    Model second = new Model();
    second.start = cut;
    second.end = m.end;
    second.time = m.time;
    second.order = m.order;
    second.sacked = m.sacked;
    second.lost = m.lost;
    second.again = m.again;
    m.end = cut;
    model.add(index + 1, second);
  }

  private void compare() {
    assertThat(queue.segments()).isEqualTo(model.size());
    int slot = queue.first();
    for (Model m : model) {
      assertThat(queue.start(slot)).isEqualTo(m.start);
      assertThat(queue.end(slot)).isEqualTo(m.end);
      assertThat(queue.has(slot, SentQueue.SACKED)).isEqualTo(m.sacked);
      assertThat(queue.has(slot, SentQueue.LOST)).isEqualTo(m.lost);
      assertThat(queue.sentTime(slot)).isEqualTo(m.time);
      slot = queue.after(slot);
    }
    assertThat(slot).isEqualTo(SentQueue.NONE);
    int total = model.stream().mapToInt(Model::length).sum();
    int sacked = model.stream().filter(m -> m.sacked).mapToInt(Model::length).sum();
    int lost = model.stream().filter(m -> m.lost).mapToInt(Model::length).sum();
    int again = model.stream().filter(m -> m.again).mapToInt(Model::length).sum();
    assertThat(queue.sackedBytes()).isEqualTo(sacked);
    assertThat(queue.lostBytes()).isEqualTo(lost);
    assertThat(queue.retransmittedBytes()).isEqualTo(again);
    assertThat(queue.inFlight()).isEqualTo(total - sacked - lost + again);
    assertThat(queue.sackedSegments())
        .isEqualTo((int) model.stream().filter(m -> m.sacked).count());
    assertThat(queue.lostSegments()).isEqualTo((int) model.stream().filter(m -> m.lost).count());
    compareOrder();
  }

  /** Those in flight are linked in the order in which they left. */
  private void compareOrder() {
    List<Long> times = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    for (int s = queue.oldestInFlight(); s != SentQueue.NONE; s = queue.laterInFlight(s)) {
      times.add(queue.sentTime(s));
      starts.add(queue.start(s));
    }
    assertThat(times).isSortedAccordingTo(Comparator.naturalOrder());
    assertThat(starts)
        .containsExactlyInAnyOrderElementsOf(
            model.stream().filter(Model::isLinked).map(m -> m.start).toList());
  }

  @Provide
  Arbitrary<List<Integer>> programs() {
    return Arbitraries.integers().between(0, 1 << 29).list().ofMaxSize(120);
  }
}
