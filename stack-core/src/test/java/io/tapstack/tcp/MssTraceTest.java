package io.tapstack.tcp;

import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The maximum segment size: RFC 9293 section 3.7.1, RFC 6691. */
class MssTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** Connects with a SYN and writes; how large the first segment is. */
  private static int firstSegment(TcpPeer peer, TcpSegment syn) {
    peer.listens();
    peer.sends(syn.seq(100)).expects(synAck(101).seq(0));
    TcpSegment ack = ack(1).seq(101);
    peer.sends(syn.options().timestamps() == null ? ack : ack.ts(2, 0)).expectsNothing();
    TcpPeer.writes(peer.accepts(), 0, 3000);
    List<TcpSegment> sent = peer.takesAll();
    assertThat(sent.get(0).options().mss()).as("MUST-65: only on SYNs").isEqualTo(-1);
    return sent.get(0).data().length();
  }

  // Proves: RFC 9293 MUST-14; RFC 9293 MUST-16; RFC 9293 MUST-65
  @ParameterizedTest
  @CsvSource({"1460, 1460", "1000, 1000", "9000, 1460", "65535, 1460", "536, 536", "88, 88"})
  void thePeersMssIsObeyed(int offered, int sent) { // MUST-14, MUST-16
    assertThat(firstSegment(peer, syn().mss(offered))).isEqualTo(sent);
  }

  // Proves: attack 14; attack 56
  @ParameterizedTest
  @ValueSource(ints = {1, 40, 87})
  void aTinyMssIsNotObeyed(int offered) { // CVE-2019-11479
    assertThat(firstSegment(peer, syn().mss(offered))).isEqualTo(88);
  }

  // Proves: RFC 9293 MUST-15
  @Test
  void withoutOneItIs536() { // MUST-15
    assertThat(firstSegment(peer, syn())).isEqualTo(536);
  }

  // Proves: RFC 9293 MUST-15
  @Test
  void aZeroIsAsNone() {
    assertThat(firstSegment(peer, syn().mss(0))).isEqualTo(536);
  }

  // Proves: RFC 9293 MUST-15
  @Test
  void withoutOneItIs1220InIpv6() { // MUST-15
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    assertThat(firstSegment(six, syn())).isEqualTo(1220);
  }

  @Test
  void ipv6CarriesTwentyBytesLess() {
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    assertThat(firstSegment(six, syn().mss(9000))).isEqualTo(1440);
  }

  // Proves: RFC 9293 MUST-16; RFC 6691 2
  @Test
  void timestampsTakeTheirTwelveBytes() { // RFC 6691 section 2
    assertThat(firstSegment(peer, syn().mss(1460).ts(1, 0))).isEqualTo(1448);
  }

  // Proves: RFC 9293 MUST-67; RFC 6691 2
  @Test
  void theMssThatWeAdvertiseDoesNotSubtractOptions() { // MUST-67, RFC 6691 section 2
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(1, 0).wscale(2)).expects(synAck(101).seq(0));
    assertThat(peer.last().options().mss()).isEqualTo(1460);
  }

  @Test
  void anMssAfterTheSynIsIgnored() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).mss(100));
    TcpPeer.writes(c, 0, 1460);
    peer.expects(ack(101).seq(1).psh().data(Bytes.pattern(0, 1460)));
  }
}
