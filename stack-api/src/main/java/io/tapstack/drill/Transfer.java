package io.tapstack.drill;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call that reads or writes says, in any of its forms.
 *
 * @param length the bytes of all buffers
 * @param flags MSG_... bits
 * @param address where to, or the place for where from; null if the call has none
 */
record Transfer(String call, long length, long flags, @Nullable Value address) {
  private static final long MAX_LENGTH = 1 << 28;
  private static final int MAX_PIECES = 1024;

  static final long PEEK = 0x02;
  static final long TRUNC = 0x20;
  static final long DONTWAIT = 0x40;
  static final long WAITALL = 0x100;
  static final long NOSIGNAL = 0x4000;
  static final long FASTOPEN = 0x2000_0000;

  static Transfer of(Script.Call call) {
    List<Value> a = call.arguments();
    return switch (call.name()) {
      case "read", "write" -> new Transfer(call.name(), length(call, 2), 0, null);
      case "recv", "send" -> new Transfer(call.name(), length(call, 2), flags(call, 3), null);
      case "recvfrom", "sendto" ->
          new Transfer(
              call.name(), length(call, 2), flags(call, 3), a.size() > 4 ? a.get(4) : null);
      case "readv", "writev" -> new Transfer(call.name(), pieces(call, argument(call, 1)), 0, null);
      default -> message(call);
    };
  }

  /** {@code sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1000}], msg_flags=0}, 0)}. */
  private static Transfer message(Script.Call call) {
    if (!(argument(call, 1) instanceof Value.Struct struct)) {
      throw new Unsupported("syntax: " + call.name() + " without a message header");
    }
    Map<String, Value> fields = struct.fields();
    Value pieces = fields.get("msg_iov");
    if (pieces == null) {
      throw new Unsupported("syntax: " + call.name() + " without msg_iov");
    }
    if (fields.containsKey("msg_control") && !(fields.get("msg_control") instanceof Value.Any)) {
      throw new Unsupported(call.name() + " with msg_control");
    }
    return new Transfer(call.name(), pieces(call, pieces), flags(call, 2), fields.get("msg_name"));
  }

  private static Value argument(Script.Call call, int index) {
    if (call.arguments().size() <= index) {
      throw new Unsupported(
          "syntax: " + call.name() + " with " + call.arguments().size() + " arguments");
    }
    return call.arguments().get(index);
  }

  private static long length(Script.Call call, int index) {
    return checked(call, Constants.integer(argument(call, index)));
  }

  private static long checked(Script.Call call, long length) {
    if (length < 0 || length > MAX_LENGTH) {
      throw new Unsupported(call.name() + " of " + length + " bytes");
    }
    return length;
  }

  private static long flags(Script.Call call, int index) {
    return Constants.integer(argument(call, index));
  }

  /** The length of {@code [{..., 400}, {iov_base=..., iov_len=200}]}. */
  private static long pieces(Script.Call call, Value value) {
    if (!(value instanceof Value.Items items) || items.values().size() > MAX_PIECES) {
      throw new Unsupported("syntax: " + call.name() + " without an array of buffers");
    }
    long length = 0;
    for (Value piece : items.values()) {
      Value size =
          piece instanceof Value.Struct struct
              ? struct.fields().getOrDefault("iov_len", struct.fields().get("1"))
              : null;
      if (size == null) {
        throw new Unsupported("syntax: the buffer " + piece);
      }
      length += checked(call, Constants.integer(size));
    }
    return checked(call, length);
  }

  /** Refuses flags that are neither known nor without meaning here. */
  void allow(long known) {
    long unknown = flags & ~(known | NOSIGNAL);
    if (unknown != 0) {
      throw new Unsupported(call + " with " + Constants.messageFlags(unknown));
    }
  }

  boolean has(long flag) {
    return (flags & flag) != 0;
  }
}
