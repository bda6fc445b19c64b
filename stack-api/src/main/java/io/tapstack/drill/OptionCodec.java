package io.tapstack.drill;

import io.tapstack.drill.Script.Option;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Writes TCP options of scripts as bytes, and reads those of the stack. */
final class OptionCodec {
  /** RFC 7413 section 4.1.1. */
  private static final int FAST_OPEN = 34;

  /** RFC 6994, and the number that Fast Open had before it was given one. */
  private static final int EXPERIMENT = 254;

  private static final int EXPERIMENT_FAST_OPEN = 0xf989;

  private final Flow flow;

  OptionCodec(Flow flow) {
    this.flow = flow;
  }

  Bytes toWire(List<Option> options) {
    ByteBuffer raw = ByteBuffer.allocate(4096);
    for (Option option : options) {
      if (raw.position() > TcpHeader.MAX_LENGTH) {
        break;
      }
      put(raw, option);
    }
    if (raw.position() > TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH) {
      throw new Unsupported(raw.position() + " bytes of TCP options");
    }
    return Bytes.copyOf(raw, 0, raw.position());
  }

  private void put(ByteBuffer raw, Option option) {
    List<Long> values = option.values();
    switch (option.kind()) {
      case "nop" -> raw.put((byte) TcpOptions.NOP);
      case "eol" -> raw.put((byte) TcpOptions.EOL);
      case "mss" -> head(raw, TcpOptions.MSS, 4).putShort((short) (long) values.get(0));
      case "wscale" -> head(raw, TcpOptions.WINDOW_SCALE, 3).put((byte) (long) values.get(0));
      case "sackOK" -> head(raw, TcpOptions.SACK_PERMITTED, 2);
      case "sack" -> {
        if (values.size() > 8) {
          throw new Unsupported("more than four SACK blocks");
        }
        head(raw, TcpOptions.SACK, 2 + 4 * values.size());
        values.forEach(edge -> raw.putInt((int) (long) edge + flow.localBase));
      }
      case "TS" ->
          head(raw, TcpOptions.TIMESTAMPS, 10)
              .putInt((int) (long) values.get(0))
              .putInt(flow.liveTimestamp(values.get(1)));
      case "FO" -> {
        byte[] cookie = Bytes.ofHex(option.text()).toArray();
        head(raw, FAST_OPEN, 2 + cookie.length).put(cookie);
      }
      case "FOEXP" -> {
        byte[] cookie = Bytes.ofHex(option.text()).toArray();
        head(raw, EXPERIMENT, 4 + cookie.length).putShort((short) EXPERIMENT_FAST_OPEN).put(cookie);
      }
      default -> throw new Unsupported("TCP option " + option);
    }
  }

  private static ByteBuffer head(ByteBuffer raw, int kind, int length) {
    return raw.put((byte) kind).put((byte) length);
  }

  List<Option> toScript(Bytes raw) {
    ByteBuffer bytes = ByteBuffer.wrap(raw.toArray());
    List<Option> options = new ArrayList<>();
    int at = 0;
    while (at < raw.length()) {
      int kind = bytes.get(at) & 0xff;
      if (kind == TcpOptions.NOP || kind == TcpOptions.EOL) {
        options.add(new Option(kind == TcpOptions.NOP ? "nop" : "eol", List.of()));
        at++;
        continue;
      }
      int length = at + 1 < raw.length() ? bytes.get(at + 1) & 0xff : 0;
      if (length < 2 || at + length > raw.length()) {
        options.add(new Option("broken", raw.slice(at, raw.length()).toString()));
        break;
      }
      options.add(option(bytes, kind, at, length));
      at += length;
    }
    return options;
  }

  private static Option option(ByteBuffer bytes, int kind, int at, int length) {
    return switch (kind << 8 | length) {
      case TcpOptions.MSS << 8 | 4 ->
          new Option("mss", List.of((long) (bytes.getShort(at + 2) & 0xffff)));
      case TcpOptions.WINDOW_SCALE << 8 | 3 ->
          new Option("wscale", List.of((long) bytes.get(at + 2)));
      case TcpOptions.SACK_PERMITTED << 8 | 2 -> new Option("sackOK", List.of());
      case TcpOptions.TIMESTAMPS << 8 | 10 ->
          new Option(
              "TS",
              List.of(
                  Integer.toUnsignedLong(bytes.getInt(at + 2)),
                  Integer.toUnsignedLong(bytes.getInt(at + 6))));
      default -> {
        if (kind == TcpOptions.SACK && length % 8 == 2) {
          yield sack(bytes, at, length);
        }
        boolean experiment = kind == EXPERIMENT && length >= 4;
        if (experiment && (bytes.getShort(at + 2) & 0xffff) == EXPERIMENT_FAST_OPEN) {
          yield new Option("FOEXP", hex(bytes, at + 4, length - 4));
        }
        yield new Option(kind == FAST_OPEN ? "FO" : "kind-" + kind, hex(bytes, at + 2, length - 2));
      }
    };
  }

  private static String hex(ByteBuffer bytes, int at, int length) {
    StringBuilder text = new StringBuilder(2 * length);
    for (int i = 0; i < length; i++) {
      text.append(Character.forDigit(bytes.get(at + i) >> 4 & 15, 16));
      text.append(Character.forDigit(bytes.get(at + i) & 15, 16));
    }
    return text.toString();
  }

  private static Option sack(ByteBuffer bytes, int at, int length) {
    List<Long> edges = new ArrayList<>();
    for (int i = 2; i < length; i += 4) {
      edges.add(Integer.toUnsignedLong(bytes.getInt(at + i) - Flow.REMOTE_BASE));
    }
    return new Option("sack", edges);
  }
}
