package io.tapstack.tap;

import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A conversation with the kernel about interfaces and addresses: rtnetlink, see rtnetlink(7). One
 * request, one answer.
 *
 * <pre>
 *  0        4      6      8        12       16
 * +--------+------+------+--------+--------+---------------------+----------------------
 * | length | type | flags|sequence|  port  | ifinfomsg/ifaddrmsg | attributes, 4-aligned
 * +--------+------+------+--------+--------+---------------------+----------------------
 * </pre>
 */
final class Netlink implements AutoCloseable {
  /** What the kernel says of an interface. */
  record LinkState(int index, int flags, int mtu) {
    boolean isUp() {
      return (flags & IFF_UP) != 0;
    }
  }

  static final int IFF_UP = 1;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;

  private static final int NLMSG_ERROR = 2;
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_SETLINK = 19;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_GETROUTE = 26;

  private static final int NLM_F_REQUEST = 1;
  private static final int NLM_F_ACK = 4;
  private static final int NLM_F_CREATE_EXCL = 0x600;
  private static final int NLM_F_ACK_TLVS = 0x200;

  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_F_NODAD = 2;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int RTA_DST = 1;
  private static final int RTN_LOCAL = 2;

  private static final int LENGTH = 0;
  private static final int TYPE = 4;
  private static final int FLAGS = 6;
  private static final int SEQUENCE = 8;
  private static final int HEADER = 16;
  private static final int IFINFOMSG = 16;
  private static final int RTMSG = 12;

  private final Native os;
  private final int fd;
  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(32 * 1024).order(ByteOrder.nativeOrder());
  private final long address;
  private int sequence;
  private int end;
  private String kernelSays = "";

  Netlink() throws TapException {
    os = Native.load();
    address = Native.address(memory);
    fd = os.c.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0);
    if (fd < 0) {
      throw new TapException(
          TapException.Reason.SYSTEM,
          "cannot open a netlink socket ("
              + Errno.words(os.errno())
              + "): interfaces cannot be configured; a sandbox may forbid it, allow AF_NETLINK there");
    }
    // Both are conveniences for the words of an error; a kernel without them has none to say.
    memory.putInt(0, 1);
    os.c.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, address, Integer.BYTES);
    os.c.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, address, Integer.BYTES);
  }

  /** Asks for an interface by name. */
  LinkState link(String name) throws TapException {
    begin(RTM_GETLINK, 0);
    end += IFINFOMSG;
    byte[] bytes = InterfaceName.encode(name);
    byte[] terminated = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, terminated, 0, bytes.length);
    attribute(IFLA_IFNAME, terminated);
    check(call(), name, "link show dev " + name);
    if ((memory.getShort(TYPE) & 0xffff) != RTM_NEWLINK) {
      throw new TapException(
          TapException.Reason.SYSTEM,
          "the kernel answered a question about "
              + name
              + " with message "
              + memory.getShort(TYPE));
    }
    int index = memory.getInt(HEADER + 4);
    int flags = memory.getInt(HEADER + 8);
    int mtu = find(HEADER + IFINFOMSG, memory.getInt(LENGTH), IFLA_MTU);
    return new LinkState(index, flags, mtu < 0 ? 0 : memory.getInt(mtu));
  }

  /** Brings an interface up or takes it down: {@code flags} is {@link #IFF_UP} or 0. */
  void setFlags(LinkState link, String name, int flags) throws TapException {
    begin(RTM_SETLINK, NLM_F_ACK);
    memory.putInt(end + 4, link.index());
    memory.putInt(end + 8, flags);
    memory.putInt(end + 12, IFF_UP);
    end += IFINFOMSG;
    check(call(), name, "link set dev " + name + (flags == IFF_UP ? " up" : " down"));
  }

  void setMtu(LinkState link, String name, int mtu) throws TapException {
    begin(RTM_SETLINK, NLM_F_ACK);
    memory.putInt(end + 4, link.index());
    end += IFINFOMSG;
    attribute(IFLA_MTU, number(mtu));
    check(call(), name, "link set dev " + name + " mtu " + mtu);
  }

  /**
   * Adds an address. The kernel does not look for a duplicate of an IPv6 address first (RFC 4862
   * section 5.4), because the only neighbour is this process; it still finishes the work in the
   * background, see {@link #isLocal}.
   *
   * @return false if the interface has it already
   */
  boolean addAddress(LinkState link, String name, IpAddress ip, int prefix) throws TapException {
    begin(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE_EXCL);
    address(link, ip, prefix);
    int errno = call();
    if (errno == Errno.EEXIST) {
      return false;
    }
    check(errno, name, "address add " + ip + "/" + prefix + " dev " + name);
    return true;
  }

  /** Removes an address; that it is gone already is as good. */
  void removeAddress(LinkState link, String name, IpAddress ip, int prefix) throws TapException {
    begin(RTM_DELADDR, NLM_F_ACK);
    address(link, ip, prefix);
    int errno = call();
    if (errno != Errno.EADDRNOTAVAIL) {
      check(errno, name, "address del " + ip + "/" + prefix + " dev " + name);
    }
  }

  /** Whether the host takes a packet to this address for its own now. */
  boolean isLocal(IpAddress ip) {
    begin(RTM_GETROUTE, 0);
    memory.put(end, (byte) (ip.isV4() ? AF_INET : AF_INET6));
    memory.put(end + 1, (byte) ip.bits());
    end += RTMSG;
    attribute(RTA_DST, ip.toBytes());
    return call() == 0
        && (memory.getShort(TYPE) & 0xffff) == RTM_NEWROUTE
        && memory.get(HEADER + 7) == RTN_LOCAL;
  }

  private void address(LinkState link, IpAddress ip, int prefix) {
    memory.put(end, (byte) (ip.isV4() ? AF_INET : AF_INET6));
    memory.put(end + 1, (byte) prefix);
    memory.put(end + 2, (byte) (ip.isV4() ? 0 : IFA_F_NODAD));
    memory.putInt(end + 4, link.index());
    end += 8;
    byte[] bytes = ip.toBytes();
    attribute(IFA_LOCAL, bytes);
    attribute(IFA_ADDRESS, bytes);
  }

  private void begin(int type, int flags) {
    memory.putInt(LENGTH, 0);
    memory.putShort(TYPE, (short) type);
    memory.putShort(FLAGS, (short) (NLM_F_REQUEST | flags));
    memory.putInt(SEQUENCE, ++sequence);
    memory.putInt(SEQUENCE + 4, 0);
    memory.putLong(HEADER, 0);
    memory.putLong(HEADER + 8, 0);
    end = HEADER;
  }

  private void attribute(int type, byte[] value) {
    memory.putShort(end, (short) (4 + value.length));
    memory.putShort(end + 2, (short) type);
    memory.put(end + 4, value);
    end += 4 + value.length + 3 & -4;
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  /** Sends the request and waits for its answer. Returns the error number, 0 if it was done. */
  private int call() {
    memory.putInt(LENGTH, end);
    kernelSays = "";
    if (os.c.write(fd, address, end) < 0) {
      return os.errno();
    }
    while (true) {
      long length = os.c.read(fd, address, memory.capacity());
      if (length < 0) {
        int errno = os.errno();
        if (errno == Errno.EINTR) {
          continue;
        }
        return errno;
      }
      if (length < HEADER || memory.getInt(SEQUENCE) != sequence) {
        continue; // an answer to an earlier request that was given up
      }
      if ((memory.getShort(TYPE) & 0xffff) != NLMSG_ERROR) {
        return 0;
      }
      readKernelText();
      return -memory.getInt(HEADER);
    }
  }

  /** The extended acknowledgement: a text behind the error number and the capped request. */
  private void readKernelText() {
    if ((memory.getShort(FLAGS) & NLM_F_ACK_TLVS) == 0) {
      return;
    }
    int text = find(HEADER + 4 + HEADER, memory.getInt(LENGTH), NLMSGERR_ATTR_MSG);
    if (text >= 0) {
      byte[] bytes = new byte[(memory.getShort(text - 4) & 0xffff) - 4];
      memory.get(text, bytes);
      kernelSays = new String(bytes, StandardCharsets.UTF_8).replace("\0", "");
    }
  }

  /** Where the value of an attribute is, or -1. */
  private int find(int from, int to, int type) {
    int at = from;
    while (at + 4 <= to) {
      int length = memory.getShort(at) & 0xffff;
      if (length < 4 || at + length > to) {
        return -1;
      }
      if ((memory.getShort(at + 2) & 0x3fff) == type) {
        return at + 4;
      }
      at += length + 3 & -4;
    }
    return -1;
  }

  private void check(int errno, String name, String command) throws TapException {
    if (errno != 0) {
      throw TapFailure.configuring(name, command, errno, kernelSays);
    }
  }

  @Override
  public void close() {
    os.c.close(fd);
  }
}
