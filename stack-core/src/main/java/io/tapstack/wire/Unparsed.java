package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * A payload that was not understood, or that is deliberately left as bytes.
 *
 * @param number its Ethernet type or IP protocol number
 * @param bytes the payload as it stands
 * @param why what kept it from being parsed, for the log
 */
public record Unparsed(int number, Bytes bytes, String why) implements FramePayload, IpPayload {

  @Override
  public int etherType() {
    return number;
  }

  @Override
  public int protocol() {
    return number;
  }

  @Override
  public int length() {
    return bytes.length();
  }

  @Override
  public void write(ByteBuffer target, int offset) {
    bytes.write(target, offset);
  }

  @Override
  public void write(ByteBuffer target, int offset, IpAddress source, IpAddress destination) {
    bytes.write(target, offset);
  }

  @Override
  public String toString(IpAddress source, IpAddress destination) {
    return source + " > " + destination + " protocol " + number + " " + rest();
  }

  @Override
  public String toString() {
    return "type 0x" + Integer.toHexString(number) + " " + rest();
  }

  private String rest() {
    return "(" + why + ") len " + bytes.length() + " " + bytes;
  }
}
