package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.STACK_PORT;
import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What somebody tries who sends segments into connections that are not theirs. */
class DefenceTraceTest {
  private TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private TcpConnection establishes(int port) {
    peer.forgets().sends(syn().ports(port, STACK_PORT).seq(100).mss(1460));
    peer.takesAll();
    peer.sends(ack(1).ports(port, STACK_PORT).seq(101));
    return peer.accepts();
  }

  private int answers() {
    return peer.takesAll().size();
  }

  // Proves: RFC 5961 7; attack 15
  @Test
  void challengesAreCountedPerConnection() { // CVE-2016-5696
    peer.listens();
    TcpConnection one = establishes(2000);
    TcpConnection other = establishes(2001);
    for (int i = 1; i <= 200; i++) {
      peer.sends(rst().ports(2000, STACK_PORT).seq(101 + i));
    }
    assertThat(answers()).as("to 200 guesses").isEqualTo(1);
    assertThat(peer.stack.tcp().counters().invalidAcksSuppressed()).isEqualTo(199);
    // All that says nothing to whom watches another connection: it has its own.
    peer.sends(rst().ports(2001, STACK_PORT).seq(102));
    peer.sends(rst().ports(2001, STACK_PORT).seq(102));
    assertThat(answers()).isEqualTo(1);
    peer.at(ms(500)).sends(rst().ports(2000, STACK_PORT).seq(102));
    assertThat(answers()).as("once more after a while").isEqualTo(1);
    assertThat(one.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(other.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.stack.tcp().counters().challengeAcks()).isEqualTo(3);
  }

  // Proves: RFC 5961 7
  @Test
  void howOftenIsConfigured() { // RFC 5961 section 7: tunable
    peer = new TcpPeer(TcpConfig.builder().invalidAckInterval(Duration.ofSeconds(5)));
    peer.toEstablished();
    peer.sends(syn().seq(101)).expects(ack(101).seq(1));
    peer.at(seconds(5) - 1).sends(syn().seq(101)).expectsNothing();
    peer.at(seconds(5)).sends(syn().seq(101)).expects(ack(101).seq(1));
  }

  /**
   * A SYN that is dropped in TIME-WAIT leaves nothing behind that the number of the next SYN-ACK is
   * made of (CVE-2026-64024).
   */
  // Proves: RFC 6528 3; attack 18
  @Test
  void theNumberOfADroppedSynIsNobodys() {
    List<Integer> numbers = new ArrayList<>();
    for (boolean dropped : new boolean[] {false, true}) {
      peer = new TcpPeer(TcpConfig.builder().maxHalfOpen(1).synCookies(SynCookieMode.OFF));
      peer.toTimeWait();
      peer.forgets().sends(syn().ports(2000, STACK_PORT).seq(100)); // the queue is full
      peer.takesAll();
      if (dropped) {
        peer.sends(syn().seq(1 << 20)).expectsNothing();
        assertThat(peer.stack.tcp().counters().synQueueDrops()).isEqualTo(1);
      }
      peer.sends(rst().ports(2000, STACK_PORT).seq(101));
      peer.at(ms(10)).sends(syn().ports(2001, STACK_PORT).seq(100));
      peer.takesAll();
      numbers.add(peer.halfOpen().get(0).iss);
    }
    assertThat(numbers.get(1)).isEqualTo(numbers.get(0));
  }

  // Proves: RFC 7323 7.1; attack 58
  @Test
  void timestampsOfNoTwoConnectionsTellTheSameTime() {
    peer.listens();
    Set<Integer> offsets = new HashSet<>();
    for (int port = 2000; port < 2100; port++) {
      peer.forgets().sends(syn().ports(port, STACK_PORT).seq(100).ts(1, 0));
      peer.takesAll();
      peer.sends(ack(1).ports(port, STACK_PORT).seq(101).ts(2, 0));
      TcpConnection c = peer.accepts();
      offsets.add(c.timestampOffset);
      assertThat(c.timestamps).isTrue();
    }
    assertThat(offsets).hasSize(100);
  }

  /** What is repeated while the handshake completes does so once. */
  // Proves: attack 20
  @Test
  void repeatedSegmentsDoNotOpenTwice() { // CVE-2026-98432
    peer.toSynReceived();
    peer.sends(ack(1).seq(101).data("once"));
    peer.sends(syn().seq(100).mss(1460)); // the SYN again: old, and answered as such
    peer.sends(ack(1).seq(101));
    peer.sends(ack(1).seq(101).data("once"));
    peer.takesAll();
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
    assertThat(peer.listener().pending()).isEqualTo(1);
    assertThat(peer.listener().halfOpen()).isZero();
    assertThat(TcpPeer.reads(peer.accepts())).isEqualTo("once");
  }

  // Proves: attack 7
  @Test
  void urgentPointersDoNotMoveTheStream() { // URGENT/11
    TcpConnection c = peer.toEstablished();
    int at = 101;
    for (int pointer : new int[] {0, 1, 2, 3, 4, 65_535}) {
      peer.sends(ack(1).seq(at).urg(pointer).data("abc"));
      at += 3;
    }
    peer.sends(ack(1).seq(at).urg(65_535));
    peer.sends(fin(1).seq(at).urg(0));
    peer.takesAll();
    assertThat(TcpPeer.reads(c)).isEqualTo("abc".repeat(6));
    assertThat(c.state()).isEqualTo(TcpState.CLOSE_WAIT);
  }

  /** As Linux with tcp_abort_on_overflow. */
  @Test
  void ifSoConfiguredAFullBacklogRefuses() {
    peer = new TcpPeer(TcpConfig.builder().abortOnOverflow(true));
    peer.listens();
    peer.sends(syn().ports(3000, STACK_PORT).seq(100)); // completes last
    int late = peer.halfOpen().get(0).iss;
    for (int port = 2000; port < 2008; port++) {
      peer.forgets().sends(syn().ports(port, STACK_PORT).seq(100));
      peer.sends(ack(1).ports(port, STACK_PORT).seq(101));
    }
    peer.takesAll();
    assertThat(peer.listener().pending()).isEqualTo(8);
    peer.forgets().sends(ack(late + 1).ports(3000, STACK_PORT).seq(101));
    assertThat(peer.takesAll()).singleElement().satisfies(s -> assertThat(s.words()).contains("R"));
    assertThat(peer.halfOpen()).isEmpty();
    assertThat(peer.stack.tcp().counters().acceptQueueDrops()).isEqualTo(1);
  }

  /**
   * What is left of a finished connection: 136 bytes at most with compressed references, counted by
   * its fields, where a connection holds rings of several hundred kilobytes.
   */
  // Proves: attack 62
  @Test
  void aRecordOfTimeWaitIsSmall() {
    int bytes = 12;
    for (Class<?> type = TimeWait.class; type != Object.class; type = type.getSuperclass()) {
      for (var field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          Class<?> kind = field.getType();
          bytes += kind == long.class ? 8 : kind == boolean.class ? 1 : 4;
        }
      }
    }
    assertThat(bytes).isLessThanOrEqualTo(136);
    TcpConnection c = peer.toTimeWait();
    c.close();
    assertThat(peer.stack.tcp().snapshot()).as("no connection is left").isEmpty();
    assertThat(peer.stack.tcp().timeWaiting()).isEqualTo(1);
    assertThat(peer.stack.timers()).as("one timer for all of them").isEqualTo(1);
  }
}
