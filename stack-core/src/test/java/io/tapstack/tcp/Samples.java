package io.tapstack.tcp;

/**
 * ACKs as congestion control sees them: each delivers something, and the path is as the fields say.
 * Without a pipe behind it, time passes as the test says.
 */
final class Samples {
  static final int MSS = 1000;

  private final AckSample sample = new AckSample();
  private final CongestionControl algorithm;
  long now;
  long rtt = 100_000_000;
  boolean cwndLimited = true;
  boolean appLimited;
  boolean recovering;
  boolean paced;
  int inFlight = -1;

  // The round trip before.
  private long prior = -1;
  private long roundStart;
  private long roundSegments;

  /** Bytes per second; 0 for no sample of it. */
  long rate;

  Samples(CongestionControl algorithm) {
    this.algorithm = algorithm;
    algorithm.established(MSS, 10 * MSS, now);
  }

  static long ms(long millis) {
    return millis * 1_000_000;
  }

  CongestionControl algorithm() {
    return algorithm;
  }

  int segments() {
    return algorithm.cwnd() / MSS;
  }

  /** Time passes. */
  Samples after(long nanos) {
    now += nanos;
    return this;
  }

  /** An ACK comes now that delivers so many bytes, and shows so many lost. */
  Samples acks(int bytes, int lost) {
    int flight = inFlight >= 0 ? inFlight : algorithm.cwnd();
    sample.now = now;
    sample.acked = bytes;
    sample.delivered = bytes;
    sample.lost = lost;
    sample.priorInFlight = flight;
    sample.inFlight = Math.max(flight - bytes - lost, 0);
    sample.rtt = rtt;
    sample.srtt = rtt;
    sample.minRtt = rtt;
    sample.totalDelivered += bytes;
    sample.totalLost += lost;
    // What is delivered now left a window ago.
    long left = Math.max(sample.totalDelivered - Math.max(flight, bytes), 0);
    sample.priorDelivered = prior >= 0 ? prior : left;
    sample.priorLost = sample.totalLost - lost;
    sample.txInFlight = flight;
    sample.rateDelivered = rate > 0 ? rate : sample.totalDelivered - sample.priorDelivered;
    sample.rateInterval = rate > 0 ? 1_000_000_000 : rtt;
    sample.cwndLimited = cwndLimited;
    sample.appLimited = appLimited;
    sample.recovering = recovering;
    sample.paced = paced;
    algorithm.acked(sample);
    return this;
  }

  Samples acks(int bytes) {
    return acks(bytes, 0);
  }

  /** A round trip passes in which everything that the window lets out is acknowledged. */
  Samples round() {
    int segments = Math.max(segments(), 1);
    long start = now;
    long delivered = sample.totalDelivered;
    for (int i = 1; i <= segments; i++) {
      now = start + rtt * i / segments;
      // It left when the segment arrived that had this place in the round trip before.
      prior = roundStart + (i * roundSegments + segments - 1) / segments * MSS;
      acks(MSS);
    }
    prior = -1;
    roundStart = delivered;
    roundSegments = segments;
    return this;
  }

  Samples rounds(int count) {
    for (int i = 0; i < count; i++) {
      round();
    }
    return this;
  }

  /** A loss is found, and repaired a round trip later. */
  Samples loses() {
    return meets(CongestionControl.Cause.LOSS);
  }

  Samples meets(CongestionControl.Cause cause) {
    algorithm.congested(cause, algorithm.cwnd(), now);
    now += rtt;
    algorithm.recovered(algorithm.cwnd(), now);
    return this;
  }
}
