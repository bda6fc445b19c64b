package io.tapstack.cli;

import io.tapstack.ip.IpCounters;
import io.tapstack.ip.IpDrop;
import io.tapstack.ip.IpInterface;
import io.tapstack.ip.Route;
import io.tapstack.link.NeighbourCounters;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpCounters;
import io.tapstack.udp.UdpCounters;
import java.util.List;
import java.util.Locale;

/** The page that http serves at {@code /}: what the stack knows about itself. */
final class StatusPage {
  /** More connections than this are counted, not listed. */
  private static final int LISTED = 200;

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Tapstack</title>
      <style>
      body { font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }
      h1 { margin-bottom: 0 } h2 { font-size: 1.1em; margin: 1.5em 0 .3em }
      table { border-collapse: collapse } td { padding: .1em 1.5em .1em 0 }
      td + td { font-family: monospace } .n { color: #777 }
      </style>
      </head>
      <body>
      """;

  private final StringBuilder html = new StringBuilder(HEAD);

  private StatusPage() {}

  /**
   * Describes a stack.
   *
   * @param stack called by its owner
   * @param upSeconds how long it has been running
   */
  static String of(NetworkStack stack, long upSeconds) {
    StatusPage page = new StatusPage();
    page.introduction(upSeconds);
    stack.ip().interfaces().forEach(page::link);
    page.list("Routes", stack.ip().routes().routes().stream().map(Route::toString).toList());
    page.connections(stack);
    page.tcp(stack.tcp().counters());
    page.udp(stack.udp().counters());
    page.memory(stack);
    return page.html.append("</body>\n</html>\n").toString();
  }

  private void introduction(long upSeconds) {
    html.append("<h1>Tapstack</h1>\n<p>This page came to you over a TCP/IP stack written in Java,");
    html.append(" which has been up for ").append(duration(upSeconds)).append(".\n");
    html.append("<a href=\"/bytes/1000000\">/bytes/N</a> streams N pseudo-random bytes;");
    html.append(" <code>PUT</code> or <code>POST</code> to <code>/sink</code> answers with the");
    html.append(" length and SHA-256 of what it was sent.</p>\n");
  }

  static String duration(long seconds) {
    long days = seconds / 86_400;
    String clock =
        String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    return days == 0 ? clock : days + " d " + clock;
  }

  private void link(IpInterface link) {
    IpCounters counters = link.counters();
    table("Interface " + link.name());
    row("addresses", String.join(", ", link.addresses().stream().map(Object::toString).toList()));
    row("MTU", link.mtu() + " bytes");
    row("in", counters.framesIn() + " frames, " + Progress.size(counters.bytesIn()));
    row("out", counters.framesOut() + " frames, " + Progress.size(counters.bytesOut()));
    row("delivered to transports", counters.delivered());
    row("echo requests answered", counters.echoReplies());
    row("ICMP errors in, out", counters.icmpErrorsIn() + ", " + counters.icmpErrorsOut());
    row("fragments in, out", counters.fragmentsIn() + ", " + counters.fragmentsOut());
    row("datagrams put together", counters.reassembled());
    for (IpDrop why : IpDrop.values()) {
      if (counters.dropped(why) > 0) {
        row("dropped: " + why.label(), counters.dropped(why));
      }
    }
    NeighbourCounters neighbours = link.neighbours().counters();
    row("neighbours asked for, not found", neighbours.solicitations() + ", " + neighbours.failed());
    end();
    list("Neighbours on " + link.name(), link.neighbours().describe());
  }

  private void connections(NetworkStack stack) {
    List<String> open = stack.tcp().snapshot().stream().map(TcpConnection::toString).toList();
    int timeWaiting = stack.tcp().timeWaiting();
    list(
        "TCP connections: " + open.size() + ", and " + timeWaiting + " in TIME-WAIT",
        open.subList(0, Math.min(open.size(), LISTED)));
    if (open.size() > LISTED) {
      html.append("<p class=\"n\">and ").append(open.size() - LISTED).append(" more</p>\n");
    }
  }

  private void tcp(TcpCounters counters) {
    table("TCP");
    row("opened by us, by peers", counters.activeOpens() + ", " + counters.passiveOpens());
    row("failed, reset", counters.attemptFails() + ", " + counters.establishedResets());
    row("segments in, out", counters.inSegments() + ", " + counters.outSegments());
    row("retransmitted", counters.retransmittedSegments());
    row("fast retransmits, timeouts", counters.fastRetransmits() + ", " + counters.timeouts());
    row("bad segments", counters.inErrors());
    row(
        "out of order, kept, dropped",
        counters.outOfOrderQueued() + ", " + counters.outOfOrderDropped());
    row("resets sent", counters.outResets());
    row("challenge ACKs", counters.challengeAcks());
    row("dropped for memory", counters.receiveMemoryDrops());
    row(
        "SYNs dropped: half-open, accept queue, limit",
        counters.synQueueDrops()
            + ", "
            + counters.acceptQueueDrops()
            + ", "
            + counters.connectionLimitDrops());
    row(
        "SYN cookies sent, returned, wrong",
        counters.synCookiesSent()
            + ", "
            + counters.synCookiesReceived()
            + ", "
            + counters.synCookiesFailed());
    end();
  }

  private void udp(UdpCounters counters) {
    table("UDP");
    row("datagrams in, out", counters.received() + ", " + counters.sent());
    row("not sent", counters.sendFailed());
    row("malformed, bad checksum", counters.malformed() + ", " + counters.badChecksum());
    row("for no socket", counters.noSocket());
    row("dropped by full queues", counters.queueFull());
    end();
  }

  private void memory(NetworkStack stack) {
    table("Memory");
    row("packets in use", stack.pool().outstanding() + " of " + stack.pool().capacity());
    row("times the pool was empty", stack.pool().exhausted());
    row("timers", stack.timers());
    end();
  }

  private void list(String title, List<String> lines) {
    table(title);
    for (String line : lines) {
      html.append("<tr><td><code>").append(escape(line)).append("</code></td></tr>\n");
    }
    if (lines.isEmpty()) {
      html.append("<tr><td class=\"n\">none</td></tr>\n");
    }
    end();
  }

  private void table(String title) {
    html.append("<h2>").append(escape(title)).append("</h2>\n<table>\n");
  }

  private void row(String name, Object value) {
    html.append("<tr><td>").append(escape(name)).append("</td><td>");
    html.append(escape(value.toString())).append("</td></tr>\n");
  }

  private void end() {
    html.append("</table>\n");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
