package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.StackTime;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import java.util.Objects;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Cookies of any SYN at any time: ours are recognized, for a while, and nobody else's. */
class SynCookieProperties {
  private static final long SLOT = 64_000_000_000L;
  private static final int[] MSS = {536, 1220, 1300, 1380, 1440, 1460, 4312, 8940};

  private StackTime time = new StackTime(0);
  private SynCookies cookies = new SynCookies(time, new SplittableRandom(7));
  private final Packet packet = Objects.requireNonNull(new PacketPool(1, 128).acquire());

  private void begin(long now) {
    time = new StackTime(now);
    cookies = new SynCookies(time, new SplittableRandom(7));
  }

  private void from(long address) {
    packet.sourceHigh = 0xfd00L << 48;
    packet.sourceLow = address;
    packet.destinationHigh = 0xfd00L << 48;
    packet.destinationLow = 1;
  }

  private static int held(int mss) {
    int held = MSS[0];
    for (int each : MSS) {
      held = each <= mss ? each : held;
    }
    return held;
  }

  // Proves: RFC 4987 3.6
  @Property
  void ourCookieComesBackWithItsMss(
      @ForAll long address,
      @ForAll @IntRange(min = 1, max = 65_535) int port,
      @ForAll int sequence,
      @ForAll @IntRange(max = 65_535) int mss,
      @ForAll @LongRange(max = 1L << 60) long sent,
      @ForAll @LongRange(max = SLOT) long later) {
    from(address);
    begin(sent);
    int cookie = cookies.make(packet, 80, port, sequence, mss);
    time.advance(sent + later);
    assertThat(cookies.check(packet, 80, port, sequence, cookie)).isEqualTo(held(mss));
  }

  // Proves: RFC 4987 3.6
  @Property
  void itIsWorthNothingTwoSlotsLater(
      @ForAll long address,
      @ForAll int sequence,
      @ForAll @LongRange(max = 1L << 60) long sent,
      @ForAll @LongRange(min = 2 * SLOT, max = 200 * SLOT) long later) {
    from(address);
    begin(sent);
    int cookie = cookies.make(packet, 80, 1234, sequence, 1460);
    time.advance(sent + later);
    assertThat(cookies.check(packet, 80, 1234, sequence, cookie)).isEqualTo(-1);
  }

  /**
   * 16 of 2^32 numbers are right at a time. Those next to ours say another MSS, to whom knows ours.
   */
  // Proves: RFC 4987 3.6; attack 22
  @Property
  void aGuessIsWorthNothing(@ForAll long address, @ForAll int sequence, @ForAll int guess) {
    from(address);
    begin(SLOT);
    int cookie = cookies.make(packet, 80, 1234, sequence, 1460);
    if (Math.abs((long) (guess - cookie)) > MSS.length) {
      assertThat(cookies.check(packet, 80, 1234, sequence, guess)).isEqualTo(-1);
    }
  }

  // Proves: RFC 4987 3.6; attack 22
  @Property
  void whatWasTrueOfOneConnectionIsWorthNothingForAnother(
      @ForAll long address, @ForAll long other, @ForAll int sequence) {
    from(address);
    begin(SLOT);
    int cookie = cookies.make(packet, 80, 1234, sequence, 1460);
    assertThat(cookies.check(packet, 80, 1235, sequence, cookie)).isEqualTo(-1);
    assertThat(cookies.check(packet, 81, 1234, sequence, cookie)).isEqualTo(-1);
    assertThat(cookies.check(packet, 80, 1234, sequence + 1000, cookie)).isEqualTo(-1);
    if (other != address) {
      from(other);
      assertThat(cookies.check(packet, 80, 1234, sequence, cookie)).isEqualTo(-1);
    }
  }

  /** What the timestamp holds besides the time, and that the time does not run ahead. */
  // Proves: RFC 4987 3.6
  @Property
  void theTimestampHoldsScaleAndSack(
      @ForAll int clock, @ForAll @IntRange(min = -1, max = 14) int scale, @ForAll boolean sack) {
    SynOptions told = new SynOptions();
    told.scale = scale;
    told.sack = sack;
    int stamp = SynCookies.encode(clock, told);
    assertThat(clock - stamp).isBetween(0, 127);
    SynOptions read = new SynOptions();
    SynCookies.decode(stamp, TcpConfig.defaults(), read);
    assertThat(read.scale).isEqualTo(scale);
    assertThat(read.sack).isEqualTo(sack);
  }
}
