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
      default -> {
        return NsapiError.UNSUPPORTED;
      }
    }
    TcpConnection connection = session.connection;
    boolean applies = option != SocketOption.REUSEADDR;
    if (applies && connection != null && connection.state() != TcpState.CLOSED) {
      session.applyKeepAlive(connection);
    }
    return NsapiError.OK;
  }

  static int get(TcpSession session, int option, int[] value) {
    switch (option) {
      case SocketOption.REUSEADDR -> value[0] = session.reuseAddress ? 1 : 0;
      case SocketOption.KEEPALIVE -> value[0] = session.keepAlive ? 1 : 0;
      case SocketOption.KEEPIDLE -> value[0] = session.keepIdleSeconds;
      case SocketOption.KEEPINTVL -> value[0] = session.keepIntervalSeconds;
      default -> {
        return NsapiError.UNSUPPORTED;
      }
    }
    return NsapiError.OK;
  }
}
