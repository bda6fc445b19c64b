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
import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Sequence numbers: they wrap, segments come in any order and overlap, and nobody guesses the
 * first.
 */
class SequenceTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** After a passive open in which the stack's first sequence number is the given one. */
  private TcpConnection toEstablishedAt(int iss, int peerIss) {
    peer.toSynReceived();
    int before = peer.halfOpen().get(0).iss;
    peer.sends(rst().seq(101)).expectsNothing();
    // RFC 6528: the number of a 4-tuple moves with the clock, one in 4,096 ns.
    long ticks = iss - before & 0xffff_ffffL;
    peer.after(ticks << 12);
    peer.forgets().sends(syn().seq(peerIss).mss(1460)).expects(synAck(peerIss + 1).seq(0));
    peer.sends(ack(1).seq(peerIss + 1)).expectsNothing();
    TcpConnection c = peer.accepts();
    assertThat(c.iss).isEqualTo(iss);
    return c;
  }

  @Test
  void sentNumbersWrap() {
    TcpConnection c = toEstablishedAt(-2000, 100);
    c.noDelay(true);
    TcpPeer.writes(c, 0, 4000);
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.expects(ack(101).seq(1461).data(Bytes.pattern(1460, 1460))); // here
    peer.expects(ack(101).seq(2921).psh().data(Bytes.pattern(2920, 1080)));
    assertThat(Integer.compareUnsigned(c.sndMax, c.sndUna)).isNegative();
    peer.after(ms(200)).expects(ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.sends(ack(1461).seq(101));
    peer.expects(ack(101).seq(1461).data(Bytes.pattern(1460, 1460)));
    peer.expects(ack(101).seq(2921).psh().data(Bytes.pattern(2920, 1080)));
    peer.sends(ack(2001).seq(101)).expectsNothing(); // exactly at zero
    assertThat(c.sndUna).isEqualTo(1);
    peer.sends(ack(4001).seq(101)).expectsNothing();
    c.close();
    peer.expects(fin(101).seq(4001));
    peer.sends(ack(4002).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
  }

  @Test
  void fastRetransmitAcrossTheWrap() {
    TcpConnection c = toEstablishedAt(-5000, 100);
    TcpPeer.writes(c, 0, 10 * 1460);
    assertThat(peer.takesAll()).hasSize(10);
    peer.sends(ack(1 + 3 * 1460).seq(101)); // the fourth is lost: it is where the numbers wrap
    for (int i = 0; i < 3; i++) {
      peer.sends(ack(1 + 3 * 1460).seq(101));
    }
    peer.expects(ack(101).seq(1 + 3 * 1460).data(Bytes.pattern(3 * 1460, 1460)));
    peer.sends(ack(1 + 10 * 1460).seq(101)).expectsNothing();
    peer.after(seconds(10)).expectsNothing();
  }

  @Test
  void finWraps() {
    TcpConnection c = toEstablishedAt(-6, 100); // 5 bytes, FIN is 0
    TcpPeer.writes(c, "01234");
    peer.expects(ack(101).seq(1).psh().data("01234"));
    c.close();
    peer.expects(fin(101).seq(6));
    assertThat(c.sndMax).isEqualTo(1);
    peer.sends(fin(7).seq(101)).expects(ack(102).seq(7));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  @Test
  void receivedNumbersWrap() {
    peer.listens();
    peer.sends(syn().seq(-1500).mss(1460)).expects(synAck(-1499).seq(0));
    peer.sends(ack(1).seq(-1499));
    TcpConnection c = peer.accepts();
    peer.sends(ack(1).seq(-1499 + 2920).data(Bytes.pattern(2920, 80))).expects(ack(-1499).seq(1));
    peer.sends(ack(1).seq(-1499 + 1460).data(Bytes.pattern(1460, 1460))).expects(ack(-1499).seq(1));
    peer.sends(ack(1).seq(-1499).data(Bytes.pattern(0, 1460))).expects(ack(1501).seq(1));
    byte[] read = new byte[3000];
    assertThat(c.read(read, 0, 3000)).isEqualTo(3000);
    assertThat(Bytes.of(read)).isEqualTo(Bytes.pattern(0, 3000));
    c.consumed();
    peer.sends(ack(1).seq(-1).data("old")).expects(ack(1501).seq(1));
    peer.sends(rst().seq(-1)).expectsNothing();
    peer.sends(fin(1).seq(1501)).expects(ack(1502).seq(1));
  }

  // ---- in any order ----

  // Proves: RFC 9293 SHLD-31
  @Test
  void fiveSegmentsInEveryOrder() {
    TcpConnection c = peer.toEstablished();
    int base = 101;
    int orders = 0;
    for (int[] order : permutations(5)) {
      for (int i : order) {
        peer.sends(ack(1).seq(base + 2 * i).data("abcdefghij".substring(2 * i, 2 * i + 2)));
      }
      base += 10;
      assertThat(TcpPeer.reads(c)).as("order %s", Arrays.toString(order)).isEqualTo("abcdefghij");
      assertThat(c.rcvNxt).isEqualTo(base);
      assertThat(c.outOfOrder.isEmpty()).isTrue();
      // Every segment beyond a hole is answered at once with what is missing.
      for (TcpSegment answer : peer.takesAll()) {
        assertThat(answer.words()).startsWith(". seq 1 ack ");
      }
      orders++;
    }
    assertThat(orders).isEqualTo(120);
    peer.after(ms(40));
    peer.takesAll();
    assertThat(peer.stack.pool().outstanding()).isZero();
  }

  @Test
  void finInEveryOrder() {
    for (int[] order : permutations(4)) {
      TcpPeer other = new TcpPeer();
      TcpConnection c = other.toEstablished();
      for (int i : order) {
        TcpSegment s = i == 3 ? fin(1) : ack(1);
        other.sends(s.seq(101 + 2 * i).data("abcdefgh".substring(2 * i, 2 * i + 2)));
      }
      assertThat(c.state()).as("order %s", Arrays.toString(order)).isEqualTo(TcpState.CLOSE_WAIT);
      assertThat(TcpPeer.reads(c)).isEqualTo("abcdefgh");
      assertThat(TcpPeer.reads(c)).isEqualTo("end");
      List<TcpSegment> answers = other.takesAll();
      assertThat(answers.get(answers.size() - 1).acknowledgment()).isEqualTo(110);
    }
  }

  @Test
  void anyThreePiecesThatOverlap() {
    String stream = "abcdef";
    List<int[]> pieces = new ArrayList<>();
    for (int from = 0; from < 6; from++) {
      for (int to = from + 1; to <= 6; to++) {
        pieces.add(new int[] {from, to});
      }
    }
    TcpConnection c = peer.toEstablished();
    int base = 101;
    int[] whole = {0, 6};
    for (int[] first : pieces) {
      for (int[] second : pieces) {
        for (int[] third : pieces) {
          for (int[] piece : List.of(first, second, third, whole)) {
            peer.sends(ack(1).seq(base + piece[0]).data(stream.substring(piece[0], piece[1])));
          }
          base += 6;
          assertThat(TcpPeer.reads(c)).isEqualTo(stream);
          assertThat(c.rcvNxt).isEqualTo(base);
        }
      }
      peer.takesAll();
    }
    peer.after(ms(40));
    peer.takesAll();
    assertThat(peer.stack.pool().outstanding()).isZero();
  }

  private static List<int[]> permutations(int n) {
    List<int[]> all = new ArrayList<>();
    permute(new int[n], 0, 0, all);
    return all;
  }

  private static void permute(int[] order, int length, int used, List<int[]> all) {
    if (length == order.length) {
      all.add(order.clone());
      return;
    }
    for (int i = 0; i < order.length; i++) {
      if ((used & 1 << i) == 0) {
        order[length] = i;
        permute(order, length + 1, used | 1 << i, all);
      }
    }
  }

  // ---- the first one, and the ports ----

  // Proves: RFC 9293 MUST-8; RFC 6528 3
  @Test
  void theFirstNumberMovesWithTheClock() { // RFC 6528 section 3, MUST-8
    IsnGenerator isns = new IsnGenerator(SipHash.withRandomKey(new SplittableRandom(1)));
    int first = isns.isn(0, 1, 2, 80, 3, 4, 1234);
    for (long time = 0; time < 100_000_000_000L; time += 1_234_567_891) {
      assertThat(isns.isn(time, 1, 2, 80, 3, 4, 1234)).isEqualTo(first + (int) (time >> 12));
    }
  }

  // Proves: RFC 9293 MUST-9; RFC 9293 SHLD-1; RFC 6528 3; attack 10
  @Test
  void theFirstNumberTellsNothingOfOtherConnections() { // SHLD-1, MUST-9
    IsnGenerator isns = new IsnGenerator(SipHash.withRandomKey(new SplittableRandom(1)));
    IsnGenerator others = new IsnGenerator(SipHash.withRandomKey(new SplittableRandom(2)));
    Set<Integer> numbers = new HashSet<>();
    numbers.add(isns.isn(0, 1, 2, 80, 3, 4, 1234));
    numbers.add(others.isn(0, 1, 2, 80, 3, 4, 1234));
    numbers.add(isns.isn(0, 9, 2, 80, 3, 4, 1234));
    numbers.add(isns.isn(0, 1, 9, 80, 3, 4, 1234));
    numbers.add(isns.isn(0, 1, 2, 81, 3, 4, 1234));
    numbers.add(isns.isn(0, 1, 2, 80, 9, 4, 1234));
    numbers.add(isns.isn(0, 1, 2, 80, 3, 9, 1234));
    numbers.add(isns.isn(0, 1, 2, 80, 3, 4, 1235));
    numbers.add(isns.timestampOffset(1, 2, 80, 3, 4, 1234));
    assertThat(numbers).hasSize(9);
    long close = numbers.stream().filter(n -> n >>> 24 == numbers.iterator().next() >>> 24).count();
    assertThat(close).as("numbers that lie together").isLessThan(4);
  }

  // Proves: RFC 6056 3.2; RFC 6056 3.3
  @Test
  void ephemeralPortsAreDrawnAtRandom() { // RFC 6056 sections 3.2 and 3.3.1
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      ports.add(peer.stack.tcp().connect(null, TcpPeer.PEER, 80, TcpEvents.NONE).localPort());
    }
    peer.takesAll();
    assertThat(ports).doesNotHaveDuplicates().allMatch(p -> p >= 1024 && p <= 65_535);
    assertThat(ports.stream().filter(p -> p < 33_000).count()).isBetween(200L, 300L);
    int neighbours = 0;
    for (int i = 1; i < ports.size(); i++) {
      neighbours += Math.abs(ports.get(i) - ports.get(i - 1)) < 100 ? 1 : 0;
    }
    assertThat(neighbours).as("successive ports that lie together").isLessThan(10);
  }
}
