#!/usr/bin/env python3
"""Resident memory of the gate with many sessions whose GET streams are open and silent: one connection each.

usage: http-idle.py --gate .build/release/sallyport [--streams 10000] [--most MEGABYTES]

With --most it fails when the gate takes more. Needs as many open files as streams, twice (this program and the gate): `ulimit -Hn`.
"""

import argparse, pathlib, resource, socket, sys, time

HERE = pathlib.Path(__file__).resolve().parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--gate", default=str(HERE / "../../.build/release/sallyport"))
parser.add_argument("--streams", type=int, default=10_000)
parser.add_argument("--most", type=float)
arguments = parser.parse_args()
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
sys.path.insert(0, str(HERE))
from gateway_process import Gate, opening, Connection  # noqa: E402


def main():
    with Gate(arguments.gate) as gate:
        before = gate.resident()
        streams = []
        began = time.time()
        for number in range(arguments.streams):
            control = Connection(gate.port)
            session = control.post(opening(number)).headers["mcp-session-id"]
            control.close()
            stream = socket.create_connection(("127.0.0.1", gate.port))
            stream.sendall(f"GET /web HTTP/1.1\r\nHost: 127.0.0.1:{gate.port}\r\nAccept: text/event-stream\r\nMcp-Session-Id: {session}\r\n\r\n".encode())
            if b" 200 " not in stream.recv(4096):
                sys.exit("a stream was refused")
            streams.append(stream)
        print(f"{arguments.streams} streams opened in {time.time() - began:.1f} s")
        # Through a round of comments that keep them alive.
        time.sleep(20)
        after = gate.resident()
        print(f"resident: {before:.1f} MB before, {after:.1f} MB with {arguments.streams} silent streams, {(after - before) * 1024 / arguments.streams:.1f} KB each")
        closed = sum(1 for stream in streams if stream.recv(1 << 16, socket.MSG_DONTWAIT) == b"")
        print(f"closed by the gate: {closed}")
        if closed or arguments.most and after > arguments.most:
            sys.exit(1)


main()
