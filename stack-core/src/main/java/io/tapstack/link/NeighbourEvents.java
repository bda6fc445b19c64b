package io.tapstack.link;

/**
 * What a {@link NeighbourCache} asks of the layer that speaks ARP and Neighbour Discovery.
 *
 * <p>Thread: the owner of the stack.
 */
public interface NeighbourEvents {
  /**
   * Ask a neighbour for its MAC address.
   *
   * @param mac where to send the question, or 0 to ask everybody
   */
  void solicit(long high, long low, long mac);

  /**
   * Send a packet that waited. The cache releases it afterwards.
   *
   * @param packet {@code start} is at the network header
   */
  void resolved(Packet packet, long mac);

  /**
   * A packet that waited cannot be sent: nobody answered. The cache releases it afterwards.
   *
   * @param packet {@code start} is at the network header
   */
  void unresolved(Packet packet);
}
