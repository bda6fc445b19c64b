package io.tapstack.tcp;

import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a receiver says of data beyond a hole: RFC 2018, and of data that came twice: RFC 2883. */
class SackTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** The peer's first byte is 101. */
  private TcpConnection established() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).sackOk());
    peer.expects(synAck(101).seq(0).mss(1460).sackOk());
    peer.sends(ack(1).seq(101));
    return peer.accepts();
  }

  // Proves: RFC 2018 2
  @Test
  void sackIsOnlyAcceptedIfItIsOffered() { // RFC 2018 section 2
    peer.listens();
    peer.sends(syn().seq(100).mss(1460));
    peer.expects(synAck(101).seq(0).mss(1460));
    peer.sends(ack(1).seq(101));
    peer.sends(ack(1).seq(201).data(new byte[100]));
    peer.expects(ack(101).seq(1));
  }

  // Proves: RFC 2018 4
  @Test
  void theFirstBlockHoldsTheLatestSegment() { // RFC 2018 section 4
    established();
    peer.sends(ack(1).seq(201).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(201, 301));
    peer.sends(ack(1).seq(401).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(401, 501).sack(201, 301));
    peer.sends(ack(1).seq(601).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(601, 701).sack(401, 501).sack(201, 301));
    peer.sends(ack(1).seq(301).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(201, 501).sack(601, 701));
  }

  @Test
  void aFilledHoleEndsItsBlock() {
    TcpConnection c = established();
    peer.sends(ack(1).seq(201).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(201, 301));
    peer.sends(ack(1).seq(401).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(401, 501).sack(201, 301));
    peer.sends(ack(1).seq(101).data(new byte[100]));
    peer.expects(ack(301).seq(1).sack(401, 501));
    peer.sends(ack(1).seq(301).data(new byte[100]));
    peer.expects(ack(501).seq(1));
    assertThat(c.readable()).isEqualTo(400);
  }

  // Proves: RFC 2883 4.1
  @Test
  void aSegmentThatCameBeforeIsReportedOnce() { // RFC 2883 section 4.1
    established();
    peer.sends(ack(1).seq(101).data(new byte[100]));
    peer.sends(ack(1).seq(101).data(new byte[100]));
    peer.expects(ack(201).seq(1).sack(101, 201));
    peer.sends(ack(1).seq(301).data(new byte[100]));
    peer.expects(ack(201).seq(1).sack(301, 401));
  }

  // Proves: RFC 2883 4.1
  @Test
  void aDuplicateBeyondAHoleIsReportedBeforeItsBlock() { // RFC 2883 section 4.1, second example
    established();
    peer.sends(ack(1).seq(201).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(201, 301));
    peer.sends(ack(1).seq(201).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(201, 301).sack(201, 301));
  }

  // Proves: RFC 2883 4.2
  @Test
  void aSegmentPartOfWhichCameBeforeIsReportedInPart() { // RFC 2883 section 4.2
    established();
    peer.sends(ack(1).seq(101).data(new byte[100]));
    peer.sends(ack(1).seq(151).data(new byte[100]));
    peer.expects(ack(251).seq(1).sack(151, 201));
  }

  // Proves: RFC 2018 3
  @Test
  void withTimestampsThreeBlocksFit() { // RFC 2018 section 3
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).sackOk().ts(1, 0));
    peer.expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).ts(2, 0));
    for (int i = 0; i < 4; i++) {
      peer.sends(ack(1).seq(201 + 200 * i).ts(3, 0).data(new byte[100]));
    }
    peer.expects(ack(101).seq(1).ts(0, 2).sack(201, 301));
    peer.expects(ack(101).seq(1).ts(0, 2).sack(401, 501).sack(201, 301));
    peer.expects(ack(101).seq(1).ts(0, 2).sack(601, 701).sack(401, 501).sack(201, 301));
    peer.expects(ack(101).seq(1).ts(0, 2).sack(801, 901).sack(601, 701).sack(401, 501));
  }

  @Test
  void aDuplicateAckNeverCarriesData() { // RFC 5681 section 2
    TcpConnection c = established();
    c.write(new byte[100], 0, 100);
    peer.sends(ack(1).seq(201).data(new byte[100]));
    peer.expects(ack(101).seq(1).sack(201, 301));
    peer.expects(ack(101).seq(1).psh().data(new byte[100]));
    peer.sends(ack(101).seq(101));
  }
}
