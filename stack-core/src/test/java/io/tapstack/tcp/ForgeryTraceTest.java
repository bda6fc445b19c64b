package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.SipHash;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What somebody gains who does not play by the rules, and what somebody learns who only watches.
 */
class ForgeryTraceTest {
  private static final int MSS = 1460;
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // ---- numbers that nobody can guess ----

  /**
   * Pearson's statistic of values over 256 classes: with 255 degrees of freedom, a value above 347
   * or below 178 happens once in ten thousand times if they are spread evenly.
   */
  private static double chiSquare(List<Integer> values, int shift) {
    int[] classes = new int[256];
    values.forEach(value -> classes[value >>> shift & 0xff]++);
    double expected = values.size() / 256.0;
    double sum = 0;
    for (int n : classes) {
      sum += (n - expected) * (n - expected) / expected;
    }
    return sum;
  }

  // Proves: attack 10; RFC 6528 3; RFC 9293 MUST-9
  @Test
  void firstNumbersAreSpreadEvenly() {
    IsnGenerator isns = new IsnGenerator(SipHash.withRandomKey(new SplittableRandom(9)));
    long own = IpAddress.mapped(0x0a000001);
    // What an attacker sees: one address, its ports one after another, all at the same moment.
    List<Integer> numbers = new ArrayList<>();
    List<Integer> steps = new ArrayList<>();
    for (int port = 1024; port < 1024 + 10_000; port++) {
      numbers.add(isns.isn(77, 0, own, 80, 0, IpAddress.mapped(0x0a000002), port));
      if (numbers.size() > 1) {
        steps.add(numbers.get(numbers.size() - 1) - numbers.get(numbers.size() - 2));
      }
    }
    for (int shift : new int[] {0, 8, 16, 24}) {
      assertThat(chiSquare(numbers, shift)).as("numbers, bits %s", shift).isBetween(178.0, 347.0);
      assertThat(chiSquare(steps, shift)).as("steps, bits %s", shift).isBetween(178.0, 347.0);
    }
  }

  // Proves: attack 18; RFC 6528 3
  @Test
  void aSynThatIsNotAnsweredLeavesNoNumberBehind() {
    // Twice the same, but once a SYN in TIME-WAIT has been refused before the next one.
    List<Integer> numbers = new ArrayList<>();
    for (boolean disturbed : new boolean[] {false, true}) {
      TcpPeer other = new TcpPeer();
      TcpConnection c = other.toTimeWait();
      if (disturbed) {
        other.sends(syn().seq(50)).expects(ack(102).seq(2)); // older: not accepted
        TcpListener listener = other.listener();
        listener.close();
        other.sends(syn().seq(5000)); // newer, but nobody listens any more
        other.takesAll();
        other.stack.tcp().listen(listener.binding, 8, TcpEvents.NONE);
      }
      other.at(seconds(30));
      other.sends(syn().ports(2222, TcpPeer.STACK_PORT).seq(7));
      // Numbers count from the first connection's.
      numbers.add(other.takesAll().get(0).sequence());
    }
    assertThat(numbers.get(1)).isEqualTo(numbers.get(0));
  }

  // Proves: RFC 7323 7.1; attack 58
  @Test
  void timestampsOfConnectionsDoNotTellTheTimeSinceTheStart() {
    peer.listens();
    Set<Integer> offsets = new HashSet<>();
    List<Integer> all = new ArrayList<>();
    for (int port = 2000; port < 2100; port++) {
      peer.sends(syn().ports(port, TcpPeer.STACK_PORT).seq(100).ts(1, 0));
      int value = peer.takesAll().get(0).options().timestamps().value(); // at one time: the offset
      offsets.add(value);
      all.add(value);
    }
    assertThat(offsets).hasSizeGreaterThan(50);
    assertThat(all.stream().filter(offset -> offset < 0).count())
        .as("half of them have the upper bit set")
        .isBetween(all.size() / 4L, all.size() * 3L / 4);
  }

  // ---- acknowledgments that lie ----

  // Proves: attack 53
  @Test
  void anAckAheadOfTheDataGainsNothing() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 100 * MSS);
    assertThat(peer.takesAll()).hasSize(10);
    int before = c.congestion.cwnd();
    for (int i = 11; i < 50; i++) {
      peer.sends(ack(1 + i * MSS).seq(101));
    }
    assertThat(c.congestion.cwnd()).isEqualTo(before);
    assertThat(c.sndUna - c.iss).isEqualTo(1);
    assertThat(peer.takesAll()).as("answers, limited").hasSizeLessThanOrEqualTo(1);
    peer.sends(rst().seq(101));
  }

  // ---- timestamps that lie ----

  private TcpConnection withTimestamps() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(1000, 0)).expects(synAck(101).seq(0));
    peer.at(ms(100)).sends(ack(1).seq(101).ts(1100, 0));
    return peer.accepts();
  }

  // Proves: attack 57; RFC 7323 4.3
  @Test
  void aTimestampIsTakenFromWhatIsInOrderOnly() {
    TcpConnection c = withTimestamps();
    int forged = 1100 + 0x7000_0000; // if it were believed, all that is honest would be old
    peer.sends(ack(1).seq(101 + 70_000 + (1 << 20)).ts(forged, 0).data("far"));
    peer.sends(ack(1).seq(90).ts(forged, 0).data("old"));
    peer.sends(ack(1).seq(103).ts(forged, 0).data("c")); // beyond a hole
    peer.takesAll();
    assertThat(c.tsRecent).isEqualTo(1100);
    peer.sends(ack(1).seq(101).ts(1101, 0).data("ab"));
    assertThat(TcpPeer.reads(c)).isEqualTo("abc");
    peer.takesAll();
  }

  // Proves: attack 57
  @Test
  void anEchoFromTheFutureIsNotMeasured() {
    TcpConnection c = withTimestamps();
    long rto = c.rtt.rto();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    peer.at(ms(150)).sends(ack(2).seq(101).ts(1150, 1_000_000)); // it was never sent
    assertThat(c.rtt.rto()).as("measured by the timed segment").isLessThan(rto + ms(1));
    assertThat(c.rtt.srtt()).isBetween(ms(50), ms(100));
  }

  // ---- others ----

  // Proves: attack 51; RFC 5961 5.2
  @Test
  void dataWithARandomAckIsNotTaken() {
    TcpConnection c = peer.toEstablished();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1000; i++) {
      int wrong = random.nextInt();
      boolean plausible = wrong <= 1 && wrong >= 1 - 65_535;
      peer.sends(ack(plausible ? wrong + 1_000_000 : wrong).seq(101 + i).data("evil"));
      peer.takesAll();
    }
    assertThat(c.readable()).isZero();
    assertThat(c.outOfOrder.isEmpty()).isTrue();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: attack 20
  @Test
  void repeatedSegmentsOfAHandshakeMakeOneConnection() {
    peer.listens();
    for (int i = 0; i < 3; i++) {
      peer.sends(syn().seq(100).mss(1460));
      peer.sends(ack(1).seq(101).data("hello"));
      peer.sends(ack(1).seq(101).data("hello"));
      peer.sends(fin(1).seq(106));
    }
    peer.takesAll();
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
    assertThat(peer.listener().pending()).isEqualTo(1);
    TcpConnection c = peer.accepts();
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
    assertThat(peer.listener().accept()).isNull();
  }

  // Proves: RFC 5961 7; attack 15
  @Test
  void challengesOfOneConnectionTellNothingOfAnother() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101));
    peer.sends(syn().ports(2000, TcpPeer.STACK_PORT).seq(100));
    int ahead = peer.takesAll().get(0).sequence(); // counted from the first connection's number
    peer.accepts();
    peer.sends(ack(1 + ahead).ports(2000, TcpPeer.STACK_PORT).seq(101));
    TcpConnection victim = peer.accepts();
    assertThat(victim.state()).isEqualTo(TcpState.ESTABLISHED);

    // The attacker uses up what its own connection is given ...
    long challenges = 0;
    for (int i = 0; i < 1000; i++) {
      peer.sends(rst().seq(105));
    }
    challenges = peer.takesAll().size();
    assertThat(challenges).as("answers to 1,000 RSTs at once").isBetween(1L, 20L);
    // ... and that of another is as large as ever.
    peer.sends(rst().ports(2000, TcpPeer.STACK_PORT).seq(105));
    assertThat(peer.takesAll()).hasSize(1);
  }

  // Proves: RFC 9293 MUST-1; RFC 9293 REC-1
  @Test
  void aWindowOfMoreThanHalfTheFieldIsLarge() {
    TcpPeer bold = new TcpPeer(TcpConfig.builder().initialWindow(100).sendBuffer(1 << 20));
    bold.listens();
    bold.sends(syn().seq(100).mss(1460).win(65_535)).expects(synAck(101).seq(0));
    bold.sends(ack(1).seq(101).win(65_535));
    TcpConnection c = bold.accepts();
    TcpPeer.writes(c, 0, 100_000);
    int sent = bold.takesAll().stream().mapToInt(s -> s.data().length()).sum();
    assertThat(sent).isBetween(65_535 - MSS, 65_535);
    bold.sends(rst().seq(101));

    TcpPeer wide = new TcpPeer();
    wide.listens();
    wide.sends(syn().seq(100).mss(1460).win(65_535).wscale(14)).expects(synAck(101).seq(0));
    wide.sends(ack(1).seq(101).win(65_535));
    assertThat(wide.accepts().sndWnd).isEqualTo(65_535 << 14).isPositive();
  }

  // Proves: RFC 7323 2.4
  @Test
  void dataInAnyWindowThatWasAdvertisedIsTaken() {
    TcpPeer scaling = new TcpPeer(TcpConfig.builder().receiveBuffer(256 * 1024));
    scaling.listens();
    scaling.sends(syn().seq(100).mss(1460).wscale(7)).expects(synAck(101).seq(0));
    scaling.sends(ack(1).seq(101));
    TcpConnection c = scaling.accepts();
    // Windows are told in units of 8 bytes: what one ACK can say may fall behind what one before it
    // has said, and the widest holds.
    int widest = 101;
    for (int i = 0; i < 16; i++) {
      scaling.sends(ack(1).seq(101 + i).data("x"));
      scaling.after(ms(40)).expects(ack(102 + i).seq(1));
      widest = Math.max(widest, 102 + i + (scaling.last().window() << 3));
    }
    scaling.sends(ack(1).seq(widest - 4).data("last")).expects(ack(117).seq(1));
    assertThat(c.outOfOrder.holds(widest - 4, widest)).as("kept up to the edge").isTrue();
    int before = c.outOfOrder.bytes();
    scaling.sends(ack(1).seq(widest + 8).data("far")).expects(ack(117).seq(1));
    assertThat(c.outOfOrder.bytes()).isEqualTo(before);
  }
}
