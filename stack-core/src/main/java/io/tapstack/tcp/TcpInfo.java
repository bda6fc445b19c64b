package io.tapstack.tcp;

import io.tapstack.base.Result;
import org.jspecify.annotations.Nullable;

/**
 * What a connection knows of itself at one moment, after Linux's {@code tcp_info}. Sizes are in
 * bytes and times in nanoseconds where Linux has packets and microseconds.
 *
 * @param state the state of RFC 9293
 * @param failure why it ended, or null
 * @param congestionState what the sender is doing about losses
 * @param congestionControl the name of the algorithm
 * @param timestamps whether both sides agreed to timestamps (RFC 7323)
 * @param sack whether both sides agreed to SACK (RFC 2018)
 * @param windowScaling whether both sides agreed to scale windows
 * @param ecn whether both sides agreed to ECN (RFC 3168)
 * @param fastOpen whether data on the SYN was accepted (RFC 7413)
 * @param sndScale the shift of the peer's window
 * @param rcvScale the shift of our window
 * @param sndMss the effective send MSS
 * @param rcvMss the size of a full segment of the peer's
 * @param advertisedMss the MSS we told the peer
 * @param pathMtu the path MTU
 * @param rto the retransmission timeout, back-off included
 * @param srtt the smoothed round trip time, -1 if unknown
 * @param rttvar its variation
 * @param minRtt the least round trip of the last while, -1 if unknown
 * @param cwnd the congestion window, as it holds now
 * @param ssthresh the slow start threshold; {@link Integer#MAX_VALUE} before the first loss
 * @param sndWnd the peer's window
 * @param rcvWnd the window that the peer knows of
 * @param rcvSpace the receive buffer that auto-tuning aims at
 * @param unacked sent and not acknowledged
 * @param sacked of these, what the peer said it holds
 * @param lost of these, what counts as lost
 * @param retransmitted of these, what was sent again and is not acknowledged
 * @param inFlight what is in the network: unacked without sacked and lost, with retransmitted
 * @param reordering whether reordering was seen on the path
 * @param notSent written by the application and not yet sent
 * @param retransmissions how often the timer expired in a row for the oldest segment
 * @param probes how many zero-window probes in a row went unanswered
 * @param backoff how often the timeout was doubled
 * @param pacingRate the rate at which segments leave, in bytes per second; 0 if not paced
 * @param deliveryRate the last delivery rate in bytes per second; 0 if unknown
 * @param deliveryRateAppLimited whether that was limited by the application
 * @param bytesSent payload sent, retransmissions included
 * @param bytesRetransmitted payload sent again
 * @param bytesAcked payload acknowledged
 * @param bytesReceived payload received in order
 * @param delivered segments delivered, retransmissions included
 * @param deliveredCe of these, how many met congestion, as ECN tells
 * @param segmentsOut segments sent
 * @param segmentsIn segments received
 * @param totalRetransmissions segments sent again since the connection began
 * @param timeouts how often the retransmission timer expired since then
 * @param fastRecoveries how often loss recovery began
 * @param undos how often a reduction proved spurious and was undone
 * @param dsackDuplicates segments that the peer said came twice
 * @param outOfOrder segments received out of order
 * @param busyTime how long something was outstanding
 * @param rwndLimited how long the peer's window held sending back
 * @param sndbufLimited how long the send buffer did
 * @param lastDataSent how long ago data was sent
 * @param lastDataReceived how long ago data came
 * @param lastAckReceived how long ago an ACK came
 */
public record TcpInfo(
    TcpState state,
    @Nullable Result failure,
    CongestionState congestionState,
    String congestionControl,
    boolean timestamps,
    boolean sack,
    boolean windowScaling,
    boolean ecn,
    boolean fastOpen,
    int sndScale,
    int rcvScale,
    int sndMss,
    int rcvMss,
    int advertisedMss,
    int pathMtu,
    long rto,
    long srtt,
    long rttvar,
    long minRtt,
    int cwnd,
    int ssthresh,
    int sndWnd,
    int rcvWnd,
    int rcvSpace,
    int unacked,
    int sacked,
    int lost,
    int retransmitted,
    int inFlight,
    boolean reordering,
    int notSent,
    int retransmissions,
    int probes,
    int backoff,
    long pacingRate,
    long deliveryRate,
    boolean deliveryRateAppLimited,
    long bytesSent,
    long bytesRetransmitted,
    long bytesAcked,
    long bytesReceived,
    long delivered,
    long deliveredCe,
    long segmentsOut,
    long segmentsIn,
    long totalRetransmissions,
    long timeouts,
    long fastRecoveries,
    long undos,
    long dsackDuplicates,
    long outOfOrder,
    long busyTime,
    long rwndLimited,
    long sndbufLimited,
    long lastDataSent,
    long lastDataReceived,
    long lastAckReceived) {

  /** What the sender is doing about losses, in Linux's order and words. */
  public enum CongestionState {
    /** Nothing unusual. */
    OPEN,
    /** Something is out of order at the peer, and nothing counts as lost yet. */
    DISORDER,
    /** The window was reduced because of ECN (CWR). */
    CWR,
    /** Lost segments are being repaired. */
    RECOVERY,
    /** The retransmission timer expired. */
    LOSS
  }
}
