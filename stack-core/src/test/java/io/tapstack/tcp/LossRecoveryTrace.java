package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection with SACK whose handshake took 100 ms, so that SRTT and the least round trip are 100
 * ms and the RTO is 300 ms. Segments have 1000 bytes; ten of them are the initial window. NewReno,
 * so that windows are easy to tell.
 */
final class LossRecoveryTrace {
  static final int MSS = 1000;

  final TcpPeer peer;
  final TcpConnection c;

  LossRecoveryTrace() {
    this(TcpConfig.builder());
  }

  LossRecoveryTrace(TcpConfig.Builder config) {
    peer = new TcpPeer(config.congestionControl(NewReno::new));
    peer.listens();
    peer.sends(syn().seq(100).mss(MSS).sackOk()).expects(synAck(101).seq(0));
    peer.at(ms(100)).sends(ack(1).seq(101));
    c = peer.accepts();
  }

  /** Writes so many segments, at the end of what was written. */
  LossRecoveryTrace writes(int segments) {
    TcpPeer.writes(c, c.sendRing.tail(), segments * MSS);
    return this;
  }

  /** Where segment number {@code i} of the stream begins. */
  static int number(int i) {
    return 1 + i * MSS;
  }

  /** The peer has all segments before this one, and ranges of segments beyond it. */
  LossRecoveryTrace acks(int next, int... sackedRanges) {
    TcpSegment segment = ack(number(next)).seq(101);
    for (int i = 0; i < sackedRanges.length; i += 2) {
      segment = segment.sack(number(sackedRanges[i]), number(sackedRanges[i + 1]));
    }
    peer.sends(segment);
    return this;
  }

  LossRecoveryTrace at(long millis) {
    peer.at(ms(millis));
    return this;
  }

  /** The stack has sent these segments of the stream, now, and nothing else. */
  LossRecoveryTrace expects(int... numbers) {
    for (int i : numbers) {
      TcpSegment data = ack(101).seq(number(i)).data(Bytes.pattern((long) i * MSS, MSS));
      peer.expects(c.sendRing.tail() == (long) (i + 1) * MSS ? data.psh() : data);
    }
    peer.expectsNothing();
    return this;
  }

  /** The numbers of the segments that the stack has sent since it was asked last. */
  List<Integer> sent() {
    List<Integer> numbers = new ArrayList<>();
    for (TcpSegment segment : peer.takesAll()) {
      assertThat(segment.data().length()).isEqualTo(MSS);
      numbers.add((segment.sequence() - 1) / MSS);
    }
    return numbers;
  }

  int cwndSegments() {
    return c.recovery.cwnd() / MSS;
  }

  TcpCounters counters() {
    return peer.stack.tcp().counters();
  }
}
