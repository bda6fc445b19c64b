package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.Bytes;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is given up first when the pool of 1,024 packets runs short, step by step. */
class ReceiveMemoryTraceTest {
  private final TcpPeer peer = new TcpPeer();
  private final PacketPool pool = peer.stack.pool();
  private final TcpCounters counters = peer.stack.tcp().counters();
  private final ArrayDeque<Packet> taken = new ArrayDeque<>();

  /** Somebody else takes packets, or gives them back, until so many are free. */
  private void leaves(int free) {
    while (pool.available() > free) {
      taken.add(pool.acquire());
    }
    while (pool.available() < free) {
      taken.remove().release();
    }
  }

  @AfterEach
  void everythingComesBack() {
    while (!taken.isEmpty()) {
      taken.remove().release();
    }
    peer.stack.tcp().abortAll();
    peer.takesAll();
    assertThat(pool.outstanding()).isZero();
  }

  /** A round trip of the peer's slow start, which the application reads at once. */
  private void bulk(TcpConnection c, int from, int segments) {
    peer.after(ms(10));
    for (int i = 0; i < segments; i++) {
      peer.sends(ack(1).seq(from + 1460 * i).data(Bytes.pattern(1460L * i, 1460)));
    }
    TcpPeer.reads(c);
    peer.takesAll();
  }

  /** Proves: RFC 9293 SHLD-14 */
  @Test
  void firstReceiveBuffersStopGrowing() {
    TcpConnection c = peer.toEstablished();
    c.receiveBuffer.echoed(1, ms(10));
    int before = c.receiveBuffer();
    bulk(c, 101, 1);
    leaves(500);
    bulk(c, 101 + 1460, 20);
    assertThat(c.receiveBuffer()).isEqualTo(before);
    assertThat(counters.receiveBuffersFrozen()).isEqualTo(1);
    leaves(600);
    bulk(c, 101 + 21 * 1460, 40);
    assertThat(c.receiveBuffer()).isGreaterThan(before);
    assertThat(counters.receiveBuffersFrozen()).isEqualTo(1);
  }

  @Test
  void windowsPromiseNoMoreThanAQuarterOfWhatIsFree() {
    peer.listens();
    leaves(40);
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0));
    // The SYN holds one packet while it is answered, and the answer another.
    int most = 40 * pool.cellSize() / 4;
    assertThat(peer.last().window()).isBetween(most - pool.cellSize(), most);
  }

  /** The largest holder's farthest half. Proves: attack 13 */
  @Test
  void thenDataOutOfOrderGoes() {
    TcpConnection c = peer.toEstablished();
    for (int i = 1; i <= 8; i++) {
      peer.sends(ack(1).seq(101 + 2000 * i).data(Bytes.pattern(0, 1000)));
    }
    peer.takesAll();
    leaves(200);
    peer.sends(ack(1).seq(101 + 18_000).data(Bytes.pattern(0, 1000))); // farther than all
    peer.takesAll();
    assertThat(counters.outOfOrderDropped()).isEqualTo(1);
    assertThat(c.outOfOrder.packets()).isEqualTo(8);
    assertThat(counters.pruneCalls()).isZero();
    peer.sends(ack(1).seq(101 + 500).data(Bytes.pattern(0, 1000))); // nearer than all
    peer.takesAll();
    assertThat(counters.pruneCalls()).isEqualTo(1);
    assertThat(counters.outOfOrderPruned()).isEqualTo(4);
    assertThat(c.outOfOrder.packets()).isEqualTo(5);
    assertThat(c.outOfOrder.end()).isEqualTo(101 + 9000);
  }

  @Test
  void thenPayloadsOfAnySizeAreJoined() {
    TcpConnection c = peer.toEstablished();
    leaves(200);
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 600)));
    peer.sends(ack(1).seq(701).data(Bytes.pattern(600, 600)));
    assertThat(counters.receiveCollapsed()).isZero();
    assertThat(c.receiveRing.packets()).isEqualTo(2);
    leaves(100);
    peer.sends(ack(1).seq(1301).data(Bytes.pattern(1200, 600)));
    assertThat(counters.receiveCollapsed()).isEqualTo(1);
    assertThat(c.receiveRing.packets()).isEqualTo(2);
    assertThat(c.readable()).isEqualTo(1800);
    peer.takesAll();
  }

  /** What was acknowledged stays. Proves: RFC 9293 SHLD-14 */
  @Test
  void thenDataInOrderIsRefusedToWhoeverHasSomeUnread() {
    TcpConnection c = peer.toEstablished();
    leaves(50);
    peer.sends(ack(1).seq(101).data("one")); // nobody is stopped altogether
    peer.sends(ack(1).seq(104).data("two"));
    assertThat(counters.receiveMemoryDrops()).isEqualTo(1);
    assertThat(TcpPeer.reads(c)).isEqualTo("one");
    peer.sends(ack(1).seq(104).data("two"));
    assertThat(TcpPeer.reads(c)).isEqualTo("two");
    assertThat(counters.receiveMemoryDrops()).isEqualTo(1);
    peer.takesAll();
  }

  /** Data out of order goes before any in order is refused. Proves: attack 13 */
  @Test
  void dataInOrderComesBeforeDataOutOfOrder() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("one"));
    for (int i = 1; i <= 8; i++) {
      peer.sends(ack(1).seq(1101 + 2000 * i).data(Bytes.pattern(0, 1000)));
    }
    leaves(62);
    peer.sends(ack(1).seq(104).data("two"));
    peer.takesAll();
    assertThat(TcpPeer.reads(c)).isEqualTo("onetwo");
    assertThat(counters.outOfOrderPruned()).isBetween(4L, 8L);
    assertThat(counters.receiveMemoryDrops()).isZero();
  }

  /** Proves: attack 22 */
  @Test
  void lastNewConnectionsAreRefused() {
    peer.listens();
    leaves(30);
    peer.sends(syn().seq(100).mss(1460)).expectsNothing();
    assertThat(counters.memoryPressureDrops()).isEqualTo(1);
    assertThat(peer.stack.tcp().connections()).isZero();
    leaves(40);
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0));
  }

  /** Proves: attack 13 */
  @Test
  void smallPayloadsDoNotPinLargeBuffers() {
    TcpConnection c = peer.toEstablished();
    for (int i = 0; i < 5000; i++) {
      peer.sends(ack(1).seq(101 + i).data("x"));
    }
    peer.takesAll();
    assertThat(c.readable()).isEqualTo(5000);
    assertThat(pool.outstanding()).isLessThanOrEqualTo(1 + 5000 / 1500);
  }

  /** The policy is Linux's, see the package's description. Proves: attack 13; attack 51 */
  @Test
  void overlapsThatSayOtherwiseFollowOnePolicy() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(111).data("KLMNO"));
    peer.sends(ack(1).seq(113).data("xxxpp")); // who reaches into what is there adds to it
    peer.sends(ack(1).seq(109).data("iixx"));
    peer.sends(ack(1).seq(101).data("abcdefghI")); // in order: taken as it is
    peer.takesAll();
    assertThat(TcpPeer.reads(c)).isEqualTo("abcdefghIiKLMNOpp");
    peer.sends(ack(1).seq(120).data("tuv"));
    peer.sends(ack(1).seq(119).data("STUVW")); // who covers what is there replaces it
    peer.sends(ack(1).seq(118).data("r"));
    peer.takesAll();
    assertThat(TcpPeer.reads(c)).isEqualTo("rSTUVW");
    peer.sends(ack(1).seq(101).data("ABCDEFGHIJKLMNOPQRSTUVWX")); // what was read stays read
    peer.takesAll();
    assertThat(TcpPeer.reads(c)).isEqualTo("X");
  }

  /**
   * Many connections that the peer holds with a shut window, whose applications have gone: three
   * minutes later nothing is left of them. Proves: attack 21; attack 60
   */
  @Test
  void shutWindowsPinNoMemoryOfApplicationsThatHaveGone() {
    peer.listens();
    for (int port = 2000; port < 2050; port++) {
      peer.forgets().sends(syn().ports(port, TcpPeer.STACK_PORT).seq(100).mss(1460).win(0));
      peer.takesAll();
      peer.sends(ack(1).ports(port, TcpPeer.STACK_PORT).seq(101).win(0));
      TcpConnection c = peer.accepts();
      byte[] bytes = new byte[1 << 20];
      assertThat(c.write(bytes, 0, bytes.length)).isEqualTo(c.sendBuffer());
      c.flush();
      c.close();
    }
    peer.takesAll();
    assertThat(peer.stack.tcp().connections()).isEqualTo(50);
    assertThat(peer.stack.tcp().ringMemory.used()).isEqualTo(50L * (256 << 10));
    peer.after(seconds(200));
    peer.takesAll();
    assertThat(peer.stack.tcp().connections()).isZero();
    assertThat(peer.stack.tcp().ringMemory.used()).isZero();
  }
}
