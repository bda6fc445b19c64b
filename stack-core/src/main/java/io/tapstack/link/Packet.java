package io.tapstack.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One frame, on its way in or out: a cell of the pool's slab, the run of it that is in use, and
 * what the layers have learned about it. All fields belong to whoever owns the packet; see the
 * package's text.
 *
 * <p>The run {@code [start, end)} of {@link #buffer} is the data. Layers prepend headers by moving
 * {@code start} down into the headroom and strip them by moving it up. An outgoing packet may go on
 * in up to two runs of another buffer, the socket's send ring, which are gathered by the device.
 *
 * <p>An instance is made once by its pool and reused: nothing here allocates.
 */
public final class Packet {
  /**
   * Room left before the data of an outgoing packet: Ethernet, IPv6, TCP with all options, VLAN.
   */
  public static final int HEADROOM = 128;

  /** This packet's bytes and nobody else's: reads beyond them throw. Big-endian. */
  public final ByteBuffer buffer;

  /** Where {@link #buffer} starts in {@link PacketPool#slab()}. */
  public final int slabOffset;

  final PacketPool pool;
  boolean out;

  /** The data's first byte. */
  public int start;

  /** One past the data's last byte. */
  public int end;

  /** For whoever queues packets: the next of an intrusive list. */
  public @Nullable Packet next;

  // ---- the gathered payload of an outgoing packet ----

  /** The buffer that the payload goes on in after {@code end}; null if it does not. */
  public @Nullable ByteBuffer tail;

  /** The first run of {@link #tail}. */
  public int tailOffset;

  public int tailLength;

  /** The second run of {@link #tail}, for a ring that wraps. */
  public int wrapOffset;

  public int wrapLength;

  // ---- what a device may leave undone, after the kernel's virtio_net_hdr ----

  /**
   * Where in {@link #buffer} the bytes start that a checksum is still to be computed over, up to
   * the end of the frame, or -1 if checksums are complete. The checksum field itself holds the
   * folded sum of the pseudo-header.
   */
  public int checksumStart = -1;

  /** Where the checksum field is, relative to {@link #checksumStart}. */
  public int checksumOffset;

  /** Payload bytes per segment of a super-segment, or 0 if the packet is an ordinary one. */
  public int segmentSize;

  /** Whether the device vouches for the transport checksum of a received packet. */
  public boolean checksumVerified;

  // ---- what the layers learned about an incoming packet ----

  /** Whether the frame, or the IP packet in it, was sent to a group or to broadcast. */
  public boolean linkGroup;

  /** Where the network header starts in {@link #buffer}; the transport's is at {@code start}. */
  public int networkOffset;

  /** The IP protocol, one of {@link io.tapstack.wire.IpProtocol}. */
  public int protocol;

  /** TTL or hop limit. */
  public int ttl;

  /** Type of service or traffic class. */
  public int trafficClass;

  public long sourceHigh;
  public long sourceLow;
  public long destinationHigh;
  public long destinationLow;

  // ---- what a socket needs to know about a packet that waits in it ----

  /**
   * Where the first byte at {@code start} belongs: its sequence number in TCP's out-of-order store,
   * the fragment's offset in a datagram that is being put together.
   */
  public int sequence;

  /** The peer's port, for UDP. */
  public int sourcePort;

  Packet(PacketPool pool, ByteBuffer buffer, int slabOffset) {
    this.pool = pool;
    this.buffer = buffer;
    this.slabOffset = slabOffset;
  }

  /** The memory that {@link #buffer} is cut from, for a device that needs addresses. */
  public ByteBuffer slab() {
    return pool.slab();
  }

  /** The bytes of data in this packet's own cell. */
  public int length() {
    return end - start;
  }

  /** All bytes of the frame, gathered runs included. */
  public int totalLength() {
    return end - start + tailLength + wrapLength;
  }

  /** Starts an outgoing packet: empty, with {@link #HEADROOM} before it. */
  public Packet clear() {
    return clear(HEADROOM);
  }

  /** Empties the packet, with {@code headroom} bytes before its data. */
  public Packet clear(int headroom) {
    start = headroom;
    end = headroom;
    next = null;
    tail = null;
    tailLength = 0;
    wrapLength = 0;
    checksumStart = -1;
    segmentSize = 0;
    checksumVerified = false;
    linkGroup = false;
    return this;
  }

  /** Gathers up to two runs of another buffer after the data. */
  public void gather(
      ByteBuffer source, int offset, int length, int secondOffset, int secondLength) {
    tail = source;
    tailOffset = offset;
    tailLength = length;
    wrapOffset = secondOffset;
    wrapLength = secondLength;
  }

  /**
   * Copies the whole frame, gathered runs included, into an array-like run of another buffer.
   *
   * @return how many bytes were copied: {@link #totalLength()}
   */
  public int copyTo(ByteBuffer target, int offset) {
    int length = end - start;
    target.put(offset, buffer, start, length);
    if (tail != null) {
      target.put(offset + length, tail, tailOffset, tailLength);
      target.put(offset + length + tailLength, tail, wrapOffset, wrapLength);
    }
    return totalLength();
  }

  /** Gives the packet back to its pool. Nobody may touch it afterwards. */
  public void release() {
    pool.release(this);
  }
}
