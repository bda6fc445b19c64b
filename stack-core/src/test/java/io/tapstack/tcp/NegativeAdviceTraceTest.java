package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpPacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.8.3: R1, negative advice to IP (MUST-20 (a), MUST-22, SHLD-9). */
class NegativeAdviceTraceTest {
  private static final long NOBODY = 0x0200_0000_0009L;

  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // Proves: RFC 9293 MUST-20; RFC 9293 SHLD-10
  @Test
  void theNextHopIsVerifiedFromTheThirdTimeoutOn() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "hello");
    for (int at : new int[] {0, 200, 600, 1400, 3000}) {
      peer.at(ms(at)).expects(ack(101).seq(1).psh().data("hello"));
    }
    // The neighbour answers and is innocent: TCP goes on as before.
    assertThat(peer.questions()).containsExactly("1400 unicast", "3000 unicast");
    assertThat(peer.stack.tcp().counters().negativeAdvice()).isEqualTo(2);
    peer.sends(ack(6).seq(101)).expectsNothing();

    // Another segment begins to count anew.
    TcpPeer.writes(c, "again");
    peer.expects(ack(101).seq(6).psh().data("again"));
    peer.sends(ack(11).seq(101)).expectsNothing();
    assertThat(peer.questions()).hasSize(2);
  }

  // Proves: RFC 9293 MUST-22
  @Test
  void synsCountAsWell() { // MUST-22
    peer.connects();
    for (int second : new int[] {0, 1, 3, 7}) {
      peer.at(seconds(second)).expects(syn().seq(0));
    }
    // The SYN of the beginning started the check of a neighbour that was not verified: DELAY, 5 s.
    assertThat(peer.questions()).containsExactly("5000 unicast", "7000 unicast");
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1));
  }

  // Proves: RFC 9293 MUST-20
  @Test
  void aWrongMacAddressDoesNotKillAConnection() {
    TcpConnection c = peer.toEstablished();
    peer.at(seconds(2));
    peer.hears(NOBODY, ArpPacket.request(NOBODY, TcpPeer.PEER, TcpPeer.PEER)); // damaged or forged
    TcpPeer.writes(c, "hello");
    peer.at(ms(8200) - 1).expectsNothing();
    peer.at(ms(8200)).expects(ack(101).seq(1).psh().data("hello"));
    assertThat(peer.questions()).containsExactly("8200 all");
    assertThat(peer.astray())
        .containsExactly(
            "2000 segment",
            "2200 segment",
            "2600 segment",
            "3400 question",
            "3400 segment",
            "4400 question",
            "5000 segment",
            "5400 question");
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  @Test
  void ipv6IsTheSame() {
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    TcpConnection c = six.toEstablished();
    six.at(seconds(2));
    six.hears(
        NOBODY,
        IpPacket.of(
            TcpPeer.PEER_V6,
            TcpPeer.STACK_V6,
            IcmpMessage.neighbourSolicitation(TcpPeer.STACK_V6, NOBODY)));
    TcpPeer.writes(c, "hello");
    six.at(ms(8200)).expects(ack(101).seq(1).psh().data("hello"));
    assertThat(six.questions()).containsExactly("8200 all");
    assertThat(six.astray()).contains("3400 question", "4400 question", "5400 question");
    six.sends(ack(6).seq(101)).expectsNothing();
  }
}
