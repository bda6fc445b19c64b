package io.tapstack.drill;

import io.tapstack.tcp.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * The fields of Linux's {@code tcp_info}, by name and in Linux's units: packets, and microseconds
 * or milliseconds. Where the stack counts bytes, packets are full segments, a part of one counted
 * as one.
 */
final class InfoFields {
  private InfoFields() {}

  /**
   * What a name means in an assertion: a field or a constant.
   *
   * @param socket the one that assertions are about
   */
  static @Nullable Object of(String name, @Nullable StreamSocket socket) {
    if (name.equals("tcpi_state")) {
      return socket == null ? 7 : socket.state();
    }
    if (!name.startsWith("tcpi_")) {
      return Constants.number(name);
    }
    TcpInfo info = socket == null || socket.connection == null ? null : socket.connection.info();
    if (info == null) {
      throw new Unsupported("TCP_INFO field " + name + " of a socket without a connection");
    }
    return field(name, info);
  }

  private static Object field(String name, TcpInfo info) {
    return switch (name.substring("tcpi_".length())) {
      case "ca_state" -> (long) info.congestionState().ordinal();
      case "options" -> options(info);
      case "retransmits" -> (long) info.retransmissions();
      case "probes" -> (long) info.probes();
      case "backoff" -> (long) info.backoff();
      case "snd_wscale" -> (long) info.sndScale();
      case "rcv_wscale" -> (long) Math.max(info.rcvScale(), 0);
      case "delivery_rate_app_limited" -> info.deliveryRateAppLimited() ? 1L : 0L;
      case "snd_mss" -> (long) info.sndMss();
      case "rcv_mss" -> (long) info.rcvMss();
      case "advmss" -> (long) info.advertisedMss();
      case "pmtu" -> (long) info.pathMtu();
      case "rto" -> micros(info.rto());
      case "rtt" -> micros(info.srtt());
      case "rttvar" -> micros(info.rttvar());
      case "min_rtt" -> micros(info.minRtt());
      case "snd_cwnd" -> (long) (info.cwnd() / info.sndMss());
      case "snd_ssthresh" ->
          info.ssthresh() == Integer.MAX_VALUE
              ? (long) Integer.MAX_VALUE // TCP_INFINITE_SSTHRESH
              : (long) (info.ssthresh() / info.sndMss());
      case "snd_wnd" -> (long) info.sndWnd();
      case "rcv_wnd" -> (long) info.rcvWnd();
      case "rcv_space" -> (long) info.rcvSpace();
      case "unacked" -> packets(info.unacked(), info);
      case "sacked" -> packets(info.sacked(), info);
      case "lost" -> packets(info.lost(), info);
      case "retrans" -> packets(info.retransmitted(), info);
      case "notsent_bytes" -> (long) info.notSent();
      case "pacing_rate" -> info.pacingRate();
      case "delivery_rate" -> info.deliveryRate();
      case "bytes_sent" -> info.bytesSent();
      case "bytes_retrans" -> info.bytesRetransmitted();
      case "bytes_acked" -> info.bytesAcked();
      case "bytes_received" -> info.bytesReceived();
      case "delivered" -> info.delivered();
      case "delivered_ce" -> info.deliveredCe();
      case "segs_out" -> info.segmentsOut();
      case "segs_in" -> info.segmentsIn();
      case "total_retrans" -> info.totalRetransmissions();
      case "total_rto" -> info.timeouts();
      case "dsack_dups" -> info.dsackDuplicates();
      case "rcv_ooopack" -> info.outOfOrder();
      case "busy_time" -> micros(info.busyTime());
      case "rwnd_limited" -> micros(info.rwndLimited());
      case "sndbuf_limited" -> micros(info.sndbufLimited());
      case "last_data_sent" -> micros(info.lastDataSent()) / 1000;
      case "last_data_recv" -> micros(info.lastDataReceived()) / 1000;
      case "last_ack_recv" -> micros(info.lastAckReceived()) / 1000;
      default -> throw new Unsupported("TCP_INFO field " + name);
    };
  }

  private static long options(TcpInfo info) {
    return (info.timestamps() ? Constants.number("TCPI_OPT_TIMESTAMPS") : 0)
        | (info.sack() ? Constants.number("TCPI_OPT_SACK") : 0)
        | (info.windowScaling() ? Constants.number("TCPI_OPT_WSCALE") : 0)
        | (info.ecn() ? Constants.number("TCPI_OPT_ECN") : 0)
        | (info.fastOpen() ? Constants.number("TCPI_OPT_SYN_DATA") : 0);
  }

  /** An unknown time is 0 in Linux. */
  private static long micros(long nanos) {
    return Math.max(nanos, 0) / 1000;
  }

  private static long packets(int bytes, TcpInfo info) {
    return (bytes + info.sndMss() - 1L) / info.sndMss();
  }
}
