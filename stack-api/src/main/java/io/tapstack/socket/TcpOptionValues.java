package io.tapstack.socket;

import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;

/** The socket options of a TCP session, by number. Called by the owner of the stack. */
final class TcpOptionValues {
  private TcpOptionValues() {}

  static int set(TcpSession session, int option, int value) {
    switch (option) {
      case SocketOption.REUSEADDR -> session.reuseAddress = value != 0;
      case SocketOption.KEEPALIVE -> session.keepAlive = value != 0;
      case SocketOption.KEEPIDLE, SocketOption.KEEPINTVL -> {
        if (value < 1) {
          return NsapiError.PARAMETER;
        }
        if (option == SocketOption.KEEPIDLE) {
          session.keepIdleSeconds = value;
        } else {
          session.keepIntervalSeconds = value;
        }
      }
      case SocketOption.KEEPCNT -> {
        if (value < 2 || value > 127) { // MUST-29: one lost probe is no reason
          return NsapiError.PARAMETER;
        }
        session.keepCount = value;
      }
      case SocketOption.USER_TIMEOUT -> {
        if (value < 0) {
          return NsapiError.PARAMETER;
        }
        session.userTimeoutMillis = value;
      }
      case SocketOption.LINGER -> {
        if (value < -1) {
          return NsapiError.PARAMETER;
        }
        session.lingerSeconds = value;
      }
      case SocketOption.IPTOS -> {
        if (value < 0 || value > 255) {
          return NsapiError.PARAMETER;
        }
        session.trafficClass = value & 0xfc;
      }
      default -> {
        return NsapiError.UNSUPPORTED;
      }
    }
    TcpConnection connection = session.connection;
    if (connection != null && connection.state() != TcpState.CLOSED) {
      switch (option) {
        case SocketOption.REUSEADDR, SocketOption.LINGER -> {}
        case SocketOption.USER_TIMEOUT -> session.applyUserTimeout(connection);
        case SocketOption.IPTOS -> connection.trafficClass(value);
        default -> session.applyKeepAlive(connection);
      }
    }
    return NsapiError.OK;
  }

  static int get(TcpSession session, int option, int[] value) {
    switch (option) {
      case SocketOption.REUSEADDR -> value[0] = session.reuseAddress ? 1 : 0;
      case SocketOption.KEEPALIVE -> value[0] = session.keepAlive ? 1 : 0;
      case SocketOption.KEEPIDLE -> value[0] = session.keepIdleSeconds;
      case SocketOption.KEEPINTVL -> value[0] = session.keepIntervalSeconds;
      case SocketOption.KEEPCNT -> value[0] = session.keepCount;
      case SocketOption.USER_TIMEOUT -> value[0] = session.userTimeoutMillis;
      case SocketOption.LINGER -> value[0] = session.lingerSeconds;
      case SocketOption.IPTOS -> value[0] = session.trafficClass;
      default -> {
        return NsapiError.UNSUPPORTED;
      }
    }
    return NsapiError.OK;
  }
}
