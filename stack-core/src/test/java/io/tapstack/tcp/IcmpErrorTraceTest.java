package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors about a connection: RFC 9293 section 3.9.2.2, RFC 5927. */
class IcmpErrorTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private static final int UNREACHABLE = 3;
  private static final int SOURCE_QUENCH = 4;
  private static final int TIME_EXCEEDED = 11;
  private static final int PARAMETER_PROBLEM = 12;

  // Proves: RFC 9293 SHLD-26
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aHardErrorRefusesAnOpen(int code) { // SHLD-26
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sendsError(UNREACHABLE, code, 0).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.REFUSED);
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(600)).expectsNothing();
  }

  @Test
  void aHardErrorRefusesAnOpenInIpv6() { // type 1, code 4: port unreachable
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    TcpConnection c = six.connects();
    six.expects(syn().seq(0));
    six.sendsError(1, 0, 0).expectsNothing(); // no route: soft
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    six.sendsError(1, 4, 1).expectsNothing(); // not in flight
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    six.sendsError(1, 4, 0).expectsNothing();
    assertThat(c.failure()).isEqualTo(Result.REFUSED);
  }

  // Proves: RFC 9293 MUST-56; RFC 9293 SHLD-25
  @ParameterizedTest
  @CsvSource({"3, 0", "3, 1", "3, 5", "3, 13", "11, 0", "11, 1", "12, 0"})
  void aSoftErrorEndsNothingButTellsWhyItFailed(int type, int code) { // MUST-56, SHLD-25
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sendsError(type, code, 0).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    peer.at(seconds(1)).expects(syn().seq(0));
    peer.at(seconds(183));
    peer.takesAll();
    assertThat(c.failure()).isEqualTo(Result.UNREACHABLE);
  }

  @Test
  void aSoftErrorIsForgottenWhenThePeerAnswers() {
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sendsError(UNREACHABLE, 1, 0);
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1));
    TcpPeer.writes(c, "x");
    peer.after(seconds(1000));
    peer.takesAll();
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }

  // Proves: RFC 5927 4.1
  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 1000, -1_000_000})
  void anErrorAboutWhatIsNotInFlightIsNotBelieved(int sequence) { // RFC 5927 section 4
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sendsError(UNREACHABLE, 3, sequence).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    assertThat(c.softError).isNull();
  }

  // Proves: RFC 9293 SHLD-26
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aHardErrorRefusesAHalfOpenConnection(int code) { // RFC 5927 section 5: not synchronized
    peer.toSynReceived();
    peer.sendsError(UNREACHABLE, code, 0).expectsNothing();
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(600)).expectsNothing();
    peer.forgets().sends(syn().seq(500)).expects(synAck(501).seq(0)); // it is back in LISTEN
  }

  // Proves: RFC 5927 5.2; attack 46
  @Test
  void aHardErrorIsSoftInSynchronizedStates() { // RFC 5927 section 5
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    for (int sequence : new int[] {1, 5, 3}) {
      peer.sendsError(UNREACHABLE, 3, sequence).expectsNothing();
    }
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.at(ms(200)).expects(ack(101).seq(1).psh().data("hello"));
    peer.after(seconds(1000));
    peer.takesAll();
    assertThat(c.failure()).isEqualTo(Result.UNREACHABLE);
  }

  /** Proves: RFC 5927 5.2; attack 46; RFC 9293 MUST-56 */
  @ParameterizedTest
  @CsvSource({
    "1, 0", "1, 1", "1, 2", "1, 3", "1, 4", "1, 5", "1, 6", "3, 0", "3, 1", "4, 0", "4, 1"
  })
  void noErrorOfIcmpv6EndsAnEstablishedConnection(int type, int code) {
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    TcpConnection c = six.toEstablished();
    TcpPeer.writes(c, "hello");
    six.expects(ack(101).seq(1).psh().data("hello"));
    six.sendsError(type, code, 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(c.softError).isEqualTo(Result.UNREACHABLE);
    six.sends(ack(6).seq(101)).expectsNothing();
    assertThat(c.softError).isNull();
  }

  /** Proves: RFC 9293 MUST-54 */
  @Test
  void anErrorReachesTheConnectionThatItIsAbout() {
    TcpConnection first = peer.toEstablished();
    TcpPeer.writes(first, "one");
    peer.expects(ack(101).seq(1).psh().data("one"));
    TcpConnection second = peer.forgets().connectsFrom(4000);
    peer.expects(syn().seq(0));
    peer.sendsError(UNREACHABLE, 1, 0);
    assertThat(second.softError).isEqualTo(Result.UNREACHABLE);
    assertThat(first.softError).isNull();
    peer.sendsError(UNREACHABLE, 3, 0);
    assertThat(second.failure()).isEqualTo(Result.REFUSED);
    assertThat(first.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void withoutDataInFlightNoErrorIsBelieved() {
    TcpConnection c = peer.toEstablished();
    peer.sendsError(UNREACHABLE, 3, 0).sendsError(UNREACHABLE, 3, 1).expectsNothing();
    assertThat(peer.stack.tcp().counters().icmpErrorsIgnored()).isEqualTo(2);
    assertThat(c.softError).isNull();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 9293 MUST-55; RFC 5927 6.2; RFC 6633 3
  @Test
  void sourceQuenchIsIgnored() { // MUST-55, RFC 6633 section 3
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 20 * 1460);
    assertThat(peer.takesAll()).hasSize(10);
    peer.sendsError(SOURCE_QUENCH, 0, 1).expectsNothing();
    assertThat(c.congestion.cwnd()).isEqualTo(14_600);
    assertThat(c.softError).isNull();
    peer.sends(ack(1 + 1460).seq(101));
    assertThat(peer.takesAll()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM})
  void anErrorAboutNobodysConnectionIsIgnored(int type) {
    peer.listens();
    peer.sendsError(type, 0, 0).expectsNothing();
    assertThat(peer.stack.tcp().connections()).isZero();
  }
}
