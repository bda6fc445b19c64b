package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

/** The blocks of a SACK option against a set of the segments that came. */
class SackBlocksProperties {
  @Provide
  Arbitrary<Integer> segments() {
    return Arbitraries.integers().between(1, 40);
  }

  // Proves: RFC 2018 4
  @Property(tries = 1000)
  void everyBlockIsHeldAndTheFirstHoldsTheLatest(
      @ForAll int base,
      @ForAll @NotEmpty @Size(max = 40) List<@From("segments") Integer> segments) {
    SackBlocks blocks = new SackBlocks();
    BitSet held = new BitSet();
    for (int segment : segments) {
      held.set(segment);
      blocks.stored(base + 100 * segment, base + 100 * segment + 100);
      TcpOptions seen = option(blocks, 40);
      assertThat(seen.sackBlocks()).isBetween(1, TcpOptions.MAX_SACK_BLOCKS);
      for (int i = 0; i < seen.sackBlocks(); i++) {
        int from = (seen.sackLeft(i) - base) / 100;
        int to = (seen.sackRight(i) - base) / 100;
        assertThat(held.nextClearBit(from)).as("block %d", i).isGreaterThanOrEqualTo(to);
        for (int j = 0; j < i; j++) {
          boolean apart =
              Seq.gt(seen.sackLeft(j), seen.sackRight(i))
                  || Seq.lt(seen.sackRight(j), seen.sackLeft(i));
          assertThat(apart).as("blocks %d and %d touch", i, j).isTrue();
        }
      }
      // RFC 2018 section 4
      assertThat(segment * 100 + base - seen.sackLeft(0)).isGreaterThanOrEqualTo(0);
      assertThat(seen.sackRight(0) - segment * 100 - base).isGreaterThanOrEqualTo(100);
    }
  }

  @Property(tries = 200)
  void whatIsAcknowledgedIsNotReported(
      @ForAll @NotEmpty @Size(max = 20) List<@From("segments") Integer> segments,
      @ForAll @From("segments") int acknowledged) {
    SackBlocks blocks = new SackBlocks();
    segments.forEach(segment -> blocks.stored(100 * segment, 100 * segment + 100));
    blocks.advance(100 * acknowledged);
    TcpOptions seen = option(blocks, 40);
    for (int i = 0; i < seen.sackBlocks(); i++) {
      assertThat(seen.sackRight(i)).isGreaterThan(100 * acknowledged);
    }
  }

  private static TcpOptions option(SackBlocks blocks, int room) {
    ByteBuffer segment = ByteBuffer.allocate(TcpHeader.MAX_LENGTH);
    int end = blocks.write(segment, TcpHeader.MIN_LENGTH, room);
    TcpHeader.write(segment, 0, 1, 2, 0, 0, end, TcpHeader.ACK, 0, 0);
    TcpOptions options = new TcpOptions();
    options.parse(segment, 0);
    assertThat(options.isMalformed()).isFalse();
    return options;
  }
}
