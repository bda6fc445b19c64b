"""One end of a relay that is Linux's: a process in a network namespace of its own, which ends with it.

Reads commands, one per line, from standard input, and answers each with a line of KEY=VALUE pairs. The namespace, and
the devices that were moved into it, go when standard input ends.

  ready                                        answers, so that it is known to run
  up DEVICE ADDRESS/LENGTH...                  configures the device
  receive PORT SECONDS                         answers at once, then accepts one connection, reads it for so long and
                                               answers again
  send HOST PORT ALGORITHM SECONDS [FILE]      connects and sends for so long; the sender's state goes to the file
"""

import select
import socket
import struct
import subprocess
import sys
import time

INTERVAL = 0.1
PATIENCE = 30
CHUNK = bytes(65536)


def answer(**values):
    print(*(f"{key}={value}" for key, value in values.items()), flush=True)


def up(device, *addresses):
    def ip(*words):
        subprocess.run(["ip", *words], check=True)

    # Nothing of an earlier connection may help a later one.
    with open("/proc/sys/net/ipv4/tcp_no_metrics_save", "w") as file:
        file.write("1")
    ip("link", "set", "lo", "up")
    # A queue that holds any window: what does not fit is dropped, and the relay knows nothing of it.
    ip("link", "set", device, "txqueuelen", "20000", "up")
    for address in addresses:
        ip("addr", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
    answer(ok=True)


def tcp_info(connection):
    """The fields of struct tcp_info (linux/tcp.h) that say how the sender fared."""
    raw = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256).ljust(256, b"\0")

    def field(form, offset):
        return struct.unpack_from("=" + form, raw, offset)[0]

    return {
        "caState": raw[1],
        "rto": field("I", 8) // 1000,
        "inFlight": field("I", 24) - field("I", 28) - field("I", 32) + field("I", 36),
        "rtt": field("I", 68) // 1000,
        "ssthresh": min(field("I", 76), 999999),
        "cwnd": field("I", 80),
        "reordering": field("I", 88),
        "retransmitted": field("I", 100),
        "segments": field("I", 156),
        "receiverLimited": field("Q", 176) // 1000,
        "bufferLimited": field("Q", 184) // 1000,
        "duplicates": field("I", 216),
        "timeouts": field("H", 240),
    }


def reset(connection):
    """Closes it with a reset: nobody wants what is still under way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def receive(port, seconds):
    listener = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
    listener.settimeout(PATIENCE)
    answer(ok=True)
    connection, _ = listener.accept()
    listener.close()
    start = time.monotonic()
    end = start + float(seconds)
    received, marks = 0, []
    buffer = bytearray(1 << 20)
    while (now := time.monotonic()) < end:
        while now - start >= INTERVAL * (len(marks) + 1):
            marks.append(received)
        connection.settimeout(max(0.001, min(INTERVAL, end - now)))
        try:
            n = connection.recv_into(buffer)
        except TimeoutError:
            continue
        if n == 0:
            break
        received += n
    elapsed = time.monotonic() - start
    reset(connection)
    answer(bytes=received, seconds=round(elapsed, 3), marks=",".join(map(str, marks)))


def send(host, port, algorithm, seconds, file=None):
    connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, algorithm.encode())
    connection.settimeout(PATIENCE)
    connection.connect((host, int(port)))
    connection.setblocking(False)
    start = time.monotonic()
    end = start + float(seconds)
    info, samples = tcp_info(connection), []
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    while (now := time.monotonic()) < end:
        while now - start >= INTERVAL * (len(samples) + 1):
            info = tcp_info(connection)
            samples.append({"time": round(now - start, 3), **info})
        if not poll.poll(1000 * max(0, min(INTERVAL, end - now))):
            continue
        try:
            connection.send(CHUNK)
        except BlockingIOError:
            continue
        except (ConnectionResetError, BrokenPipeError):
            break
    else:
        info = tcp_info(connection)
    reset(connection)
    if file and samples:
        with open(file, "w") as out:
            print(*samples[0], sep=",", file=out)
            for sample in samples:
                print(*sample.values(), sep=",", file=out)
    answer(**info)


def main():
    commands = {"ready": lambda: answer(ok=True), "up": up, "receive": receive, "send": send}
    for line in sys.stdin:
        name, *words = line.split()
        try:
            commands[name](*words)
        except Exception as problem:
            answer(error=f"{line.strip()}: {problem!r}".replace(" ", "_"))


main()
