package io.tapstack.tcp;

/** Puts together what a connection knows of itself. */
final class InfoSnapshot {
  private InfoSnapshot() {}

  static TcpInfo of(TcpConnection c) {
    long now = c.tcp.time.now();
    LossRecovery recovery = c.recovery;
    SentQueue sent = recovery.sent;
    long data = c.finQueued ? c.finPosition : c.sendRing.tail();
    boolean agreed = c.state != TcpState.SYN_SENT;
    return new TcpInfo(
        c.state,
        c.failure,
        recovery.state(),
        c.congestion.name(),
        agreed && c.timestamps,
        agreed && c.sack,
        agreed && c.rcvScale >= 0,
        c.ecn.isNegotiated(),
        false,
        c.sndScale,
        Math.max(c.rcvScale, 0),
        c.sndMss,
        c.rcvMss,
        c.tcp.output.advertisedMss(c),
        c.path.mtu(),
        c.rtt.rto(),
        c.rtt.srtt(),
        c.rtt.rttvar(),
        recovery.minRtt.value(),
        recovery.cwnd(),
        c.congestion.ssthresh(),
        c.sndWnd,
        Math.max(c.rcvAdv - c.rcvNxt, 0),
        c.receiveBuffer.size(),
        c.sndMax - c.sndUna,
        sent.sackedBytes(),
        sent.lostBytes(),
        sent.retransmittedBytes(),
        recovery.inFlight(),
        recovery.rack.isReorderingSeen(),
        c.isSynAcknowledged() ? (int) Math.max(data - c.positionOf(c.sndNxt), 0) : (int) data,
        c.retransmissions,
        c.probes,
        c.rtt.backoff(),
        c.pacer.rate(),
        recovery.rate.lastRate(),
        recovery.rate.isLastRateAppLimited(),
        c.bytesSent,
        c.bytesRetransmitted,
        c.sendRing.head(),
        c.receiveRing.published(),
        recovery.deliveredSegments(),
        c.deliveredCe,
        c.segmentsOut,
        c.segmentsIn,
        c.totalRetransmissions,
        c.timeouts,
        c.fastRecoveries,
        c.undos,
        c.dsackDuplicates,
        c.outOfOrderSegments,
        c.sendLimits.busyTime(now),
        c.sendLimits.receiveWindowTime(now),
        c.sendLimits.sendBufferTime(now),
        now - c.lastSendTime,
        now - c.lastDataTime,
        now - c.lastReceiveTime);
  }
}
