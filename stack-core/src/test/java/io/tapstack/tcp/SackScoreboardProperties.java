package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Segments;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import io.tapstack.wire.TcpSegment;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The scoreboard against a set of bytes. */
class SackScoreboardProperties {
  private static final int SPACE = 300;
  private static final int MSS = 10;

  /** A block, or the advance of SND.UNA to {@code from} if {@code to} is less. */
  record Step(int from, int to) {}

  @Provide
  Arbitrary<Step> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(-20, SPACE + 20), Arbitraries.integers().between(-5, 60))
        .as((from, length) -> new Step(from, from + length));
  }

  // Proves: RFC 6675 4; attack 59
  @Property(tries = 1500)
  void knowsWhatASetOfBytesKnows(
      @ForAll int base, @ForAll @Size(max = 50) List<@From("steps") Step> steps) {
    SackScoreboard board = new SackScoreboard();
    BitSet model = new BitSet();
    int una = 0;
    for (Step step : steps) {
      if (step.from <= step.to) {
        boolean valid = step.from < step.to && step.to > una && step.to <= SPACE;
        int from = Math.max(step.from, una);
        boolean news = valid && model.nextClearBit(from) < step.to;
        assertThat(board.update(block(base + step.from, base + step.to), base + una, base + SPACE))
            .isEqualTo(news);
        if (valid) {
          model.set(from, step.to);
        }
      } else {
        una = Math.max(una, Math.min(step.from, SPACE));
        model.clear(0, una);
        board.advance(base + una);
      }
      compare(board, model, base, una);
    }
  }

  private static void compare(SackScoreboard board, BitSet model, int base, int una) {
    int at = una;
    for (int i = 0; i < board.ranges(); i++) {
      int left = model.nextSetBit(at);
      assertThat(board.left(i) - base).isEqualTo(left);
      at = model.nextClearBit(left);
      assertThat(board.right(i) - base).isEqualTo(at);
      int above = model.get(left, SPACE).cardinality();
      boolean lost = board.ranges() - i >= 3 || above > 2 * MSS;
      assertThat(board.isLostBefore(i, MSS)).isEqualTo(lost);
    }
    assertThat(model.nextSetBit(at)).isEqualTo(-1);
    int middle = (una + SPACE) / 2;
    assertThat(board.unsacked(base + una, base + middle))
        .isEqualTo(middle - una - model.get(una, Math.max(middle, una)).cardinality());
    assertThat(board.skip(base + middle) - base).isEqualTo(model.nextClearBit(middle));
    int next = model.nextSetBit(model.nextClearBit(middle));
    assertThat(board.nextLeft(board.skip(base + middle), base - 1) - base).isEqualTo(next);
  }

  private static TcpOptions block(int left, int right) {
    TcpSegment segment = Segments.ack(0).sack(left, right);
    ByteBuffer buffer = ByteBuffer.allocate(TcpHeader.MAX_LENGTH);
    segment.write(buffer, 0, IpAddress.ANY_V4, IpAddress.ANY_V4);
    TcpOptions options = new TcpOptions();
    options.parse(buffer, 0);
    return options;
  }
}
