package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options and the checksum: RFC 9293 section 3.1. */
class OptionsTraceTest {
  private TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // Proves: RFC 9293 MUST-5; RFC 9293 MUST-6
  @Test
  void anyOptionMayComeInAnySegment() {
    Bytes unknown = Bytes.ofHex("fd06 01020304 fe03 aa 01".replace(" ", ""));
    peer.listens();
    peer.sends(syn().seq(100).mss(1000).rawOptions(unknown)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).rawOptions(unknown));
    TcpConnection c = peer.accepts();
    assertThat(c.sndMss).as("the known option before the unknown ones").isEqualTo(1000);
    peer.sends(ack(1).seq(101).mss(5).wscale(9).sackOk().rawOptions(unknown).data("hello"));
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    peer.at(ms(40)).expects(ack(106).seq(1));
    peer.sends(fin(1).seq(106).rawOptions(unknown)).expects(ack(107).seq(1));
    peer.sends(rst().seq(107).rawOptions(unknown));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // Proves: RFC 9293 MUST-7; attack 2; attack 7
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fd000000", // no length is zero
        "fd010000", // nor one
        "0101fd08", // beyond the header
        "1d100101", // RFC 5925, cut off
        "02ff05b4",
        "08020000"
      })
  void anOptionOfAnIllegalLengthDoesNoHarm(String hex) {
    Bytes broken = Bytes.ofHex(hex);
    peer.listens();
    peer.sends(syn().seq(100).rawOptions(broken)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).rawOptions(broken));
    TcpConnection c = peer.accepts();
    assertThat(c.sndMss).isEqualTo(536);
    peer.sends(ack(1).seq(101).rawOptions(broken).data("hello"));
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    peer.at(ms(40)).expects(ack(106).seq(1));
  }

  /** Walks the options of what the stack sent last, and checks what holds for every header. */
  private void assertWellFormed() {
    ByteBuffer wire = ByteBuffer.wrap(peer.lastBytes().toArray());
    int end = TcpHeader.headerLength(wire, 0);
    assertThat(end).isGreaterThanOrEqualTo(TcpHeader.MIN_LENGTH);
    for (int at = TcpHeader.MIN_LENGTH; at < end; ) {
      int kind = wire.get(at);
      if (kind == 0) { // the end: only zeros follow
        while (++at < end) {
          assertThat(wire.get(at)).isZero();
        }
      } else if (kind == 1) {
        at++;
      } else {
        int length = wire.get(at + 1);
        assertThat(length).as("length of option %s", kind).isBetween(2, end - at);
        at += length;
      }
    }
  }

  // Proves: RFC 9293 MUST-68; RFC 9293 MUST-69
  @Test
  void ourOptionsHaveLengthsAndFillTheirHeader() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).sackOk().wscale(7).ts(1, 0)).expects(synAck(101).seq(0));
    assertThat(peer.last().options().extra()).isEqualTo(Bytes.EMPTY);
    assertWellFormed();
    peer.sends(ack(1).seq(101).ts(2, 0));
    peer.sends(ack(1).seq(103).ts(3, 0).data("c")).expects(ack(101).seq(1));
    assertThat(peer.last().options().sacks()).hasSize(1);
    assertWellFormed();
    TcpPeer.writes(peer.accepts(), "x");
    peer.expects(ack(101).seq(1).psh().data("x"));
    assertWellFormed();
    peer.sends(ack(2).seq(101).ts(4, 0));
  }

  // Proves: RFC 9293 SHLD-5; RFC 9293 MAY-3
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "fd77::1"})
  void everySynSaysTheMss(String stack) {
    IpAddress own = IpAddress.parse(stack);
    IpAddress other = own.isV4() ? TcpPeer.PEER : TcpPeer.PEER_V6;
    int mss = own.isV4() ? 1460 : 1440;
    peer = new TcpPeer(TcpConfig.builder(), own, other);
    peer.connects();
    peer.expects(syn().seq(0));
    assertThat(peer.last().options().mss()).isEqualTo(mss);
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0)); // simultaneous, without one
    assertThat(peer.last().options().mss()).isEqualTo(mss);
    peer = new TcpPeer(TcpConfig.builder(), own, other).listens();
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0));
    assertThat(peer.last().options().mss()).isEqualTo(mss);
  }

  // ---- the checksum ----

  // Proves: RFC 9293 MUST-2; attack 79
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "fd77::1"})
  void everySegmentHasTheRightChecksum(String stack) {
    IpAddress own = IpAddress.parse(stack);
    IpAddress other = own.isV4() ? TcpPeer.PEER : TcpPeer.PEER_V6;
    peer = new TcpPeer(TcpConfig.builder(), own, other);
    TcpConnection c = peer.toEstablished();
    c.noDelay(true);
    int sent = 0;
    for (int length = 1; length < 70; length++) { // odd ones as well
      TcpPeer.writes(c, sent, length);
      peer.expects(ack(101).seq(1 + sent).psh().data(Bytes.pattern(sent, length)));
      assertThat(sum(own, other, peer.lastBytes())).isEqualTo(0xffff);
      sent += length;
      peer.sends(ack(1 + sent).seq(101));
    }
  }

  /** The textbook's sum over the bytes on the wire, with a pseudo-header in front. */
  private static int sum(IpAddress source, IpAddress destination, Bytes segment) {
    ByteBuffer whole = ByteBuffer.allocate(40 + segment.length());
    whole.put(0, source.toBytes()).put(16, destination.toBytes());
    whole.putInt(32, segment.length()).putInt(36, IpProtocol.TCP);
    segment.write(whole, 40);
    return InternetChecksum.textbook(whole, 0, whole.capacity());
  }

  // Proves: RFC 9293 MUST-3; attack 79
  @Test
  void bothZerosOfOnesComplementAreZero() {
    TcpConnection c = peer.toEstablished();
    byte[] bytes = new byte[0];
    for (int i = 0; i < 65_536; i++) {
      TcpSegment segment =
          ack(1 + c.iss)
              .ports(TcpPeer.PEER_PORT, TcpPeer.STACK_PORT)
              .seq(101)
              .data(new byte[] {(byte) (i >> 8), (byte) i});
      ByteBuffer wire = ByteBuffer.allocate(segment.length());
      segment.write(wire, 0, TcpPeer.PEER, TcpPeer.STACK);
      bytes = wire.array();
      if (wire.getShort(TcpHeader.CHECKSUM) == 0) {
        break;
      }
    }
    assertThat(ByteBuffer.wrap(bytes).getShort(TcpHeader.CHECKSUM)).isZero();
    byte[] minusZero = bytes.clone();
    ByteBuffer.wrap(minusZero).putShort(TcpHeader.CHECKSUM, (short) 0xffff);
    byte[] wrong = bytes.clone();
    ByteBuffer.wrap(wrong).putShort(TcpHeader.CHECKSUM, (short) 1);
    peer.sendsRaw(new Unparsed(IpProtocol.TCP, Bytes.of(wrong), ""));
    assertThat(c.readable()).isZero();
    peer.sendsRaw(new Unparsed(IpProtocol.TCP, Bytes.of(minusZero), ""));
    assertThat(c.readable()).isEqualTo(2);
    peer.sendsRaw(new Unparsed(IpProtocol.TCP, Bytes.of(bytes), "")); // a duplicate of it
    assertThat(c.readable()).isEqualTo(2);
    peer.expects(ack(103).seq(1));
    assertThat(peer.stack.tcp().counters().inErrors()).isEqualTo(1);
  }
}
