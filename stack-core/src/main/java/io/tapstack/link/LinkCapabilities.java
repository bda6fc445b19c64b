package io.tapstack.link;

/**
 * What a device does on transmission so that the stack need not do it in software.
 *
 * @param checksum completes a partial transport checksum, see {@link Packet#checksumStart}
 * @param tso4 cuts TCP super-segments over IPv4, see {@link Packet#segmentSize}
 * @param tso6 cuts TCP super-segments over IPv6
 * @param uso cuts UDP super-datagrams
 */
public record LinkCapabilities(boolean checksum, boolean tso4, boolean tso6, boolean uso) {
  /** A device that only carries complete frames. */
  public static final LinkCapabilities NONE = new LinkCapabilities(false, false, false, false);
}
