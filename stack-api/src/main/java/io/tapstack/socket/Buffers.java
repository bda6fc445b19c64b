package io.tapstack.socket;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Netty's buffers seen as Java's, at the edge of the API. */
final class Buffers {
  private Buffers() {}

  /** What is readable, from position 0 on. */
  static ByteBuffer readable(ByteBuf buffer) {
    return buffer.nioBuffer(buffer.readerIndex(), buffer.readableBytes()).slice();
  }

  /** Room for what is writable, from position 0 on: the buffer's own memory if it lies in one. */
  static ByteBuffer writable(ByteBuf buffer) {
    int length = buffer.writableBytes();
    return buffer.nioBufferCount() == 1
        ? buffer.nioBuffer(buffer.writerIndex(), length).slice()
        : ByteBuffer.allocate(length);
  }

  /** Takes what was put into the view of {@link #writable}. */
  static void wrote(ByteBuf buffer, ByteBuffer view) {
    if (buffer.nioBufferCount() == 1) {
      buffer.writerIndex(buffer.writerIndex() + view.position());
    } else {
      buffer.writeBytes(view.flip());
    }
  }
}
