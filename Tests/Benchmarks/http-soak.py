#!/usr/bin/env python3
"""Hours of mixed traffic through the gate, with an eye on its memory: calls and streams of 2026-07-28, sessions that come and go, GET streams,
clients that vanish, denied calls, what is no HTTP at all, and a reload every few seconds.

usage: http-soak.py --gate .build/release/sallyport [--minutes 60] [--workers 8] [--growth 1.15]

Fails when an answer is not what it must be, or when the memory at the end is more than --growth times that of the end of the first fifth.
"""

import argparse, pathlib, random, signal, sys, threading, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from gateway_process import Connection, Gate, call, opening, session_call  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--gate", default=str(HERE / "../../.build/release/sallyport"))
parser.add_argument("--minutes", type=float, default=60)
parser.add_argument("--workers", type=int, default=8)
parser.add_argument("--growth", type=float, default=1.15)
arguments = parser.parse_args()
counts, faults, lock, ends = {}, [], threading.Lock(), threading.Event()


def count(name):
    with lock:
        counts[name] = counts.get(name, 0) + 1


def expect(fact, what, answer):
    if not fact:
        with lock:
            faults.append(f"{what}: {answer.status} {answer.body[:200]}")


def modern(port, chance):
    connection = Connection(port)
    for number in range(chance.randrange(1, 200)):
        kind = chance.random()
        if kind < 0.8:
            answer = connection.post(call(number))
            expect(answer.status == 200 and "library opens" in answer.body and f'"id":{number}' in answer.body, "a call", answer)
            count("calls")
        elif kind < 0.9:
            answer = connection.post(call(number, tool="stream"))
            expect(answer.status == 200 and "library opens" in answer.body, "a stream", answer)
            count("streams")
        else:
            answer = connection.post(call(number, url="https://library.example/admin"))
            expect(answer.status == 200 and any(words in answer.body for words in ("PERMISSION_DENIED", "were refused one after another")), "a denied call", answer)
            count("denied")
    connection.close()


def session(port, chance):
    connections = [Connection(port) for _ in range(3)]
    opened = connections[0].post(opening(0))
    name = opened.headers.get("mcp-session-id", "")
    expect(opened.status == 200 and name, "a session", opened)
    listener = Connection(port)
    listener.socket.sendall(f"GET /web HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nMcp-Session-Id: {name}\r\n\r\n".encode())
    for number in range(1, chance.randrange(2, 100)):
        answer = chance.choice(connections).post(session_call(number, name, chance.choice(["fetch", "stream"])))
        expect(answer.status == 200 and "library opens" in answer.body, "a call in a session", answer)
        count("session calls")
    if chance.random() < 0.8:
        answer = connections[1].ask("DELETE", {"Mcp-Session-Id": name})
        expect(answer.status == 204, "the end of a session", answer)
    for connection in connections + [listener]:
        connection.close()


def vanishing(port, chance):
    connection = Connection(port)
    headers, body = call(1, tool=chance.choice(["fetch", "stream"]))
    lines = [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join(["POST /web HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Type: application/json", "Accept: application/json, text/event-stream",
                        f"Content-Length: {len(body)}"] + lines) + "\r\n\r\n" + body
    connection.socket.sendall(text.encode()[: chance.randrange(1, len(text) + 1)])
    connection.close()
    count("vanished")


def nonsense(port, chance):
    connection = Connection(port)
    connection.socket.sendall(chance.randbytes(chance.randrange(1, 2_000)) + b"\r\n\r\n")
    connection.file.read(64)
    connection.close()
    count("nonsense")


def work(port, seed):
    chance = random.Random(seed)
    while not ends.is_set():
        try:
            chance.choices([modern, session, vanishing, nonsense], [6, 3, 1, 1])[0](port, chance)
        except (ConnectionError, TimeoutError, OSError, IndexError, ValueError) as error:
            with lock:
                faults.append(repr(error))


def main():
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    with Gate(arguments.gate, "--log-level", "error") as gate:
        workers = [threading.Thread(target=work, args=(gate.port, seed + number)) for number in range(arguments.workers)]
        for worker in workers:
            worker.start()
        began, readings, step = time.time(), [], max(1.0, arguments.minutes * 60 / 60)
        while time.time() < began + arguments.minutes * 60:
            time.sleep(step)
            gate.process.send_signal(signal.SIGHUP)
            readings.append(gate.resident())
            print(f"{time.time() - began:6.0f} s  {readings[-1]:7.1f} MB  {counts}  faults: {len(faults)}", flush=True)
            if gate.process.poll() is not None:
                faults.append("the gate ended")
                break
        ends.set()
        for worker in workers:
            worker.join()
    early, late = max(readings[: max(1, len(readings) // 5)]), max(readings[-max(1, len(readings) // 5):])
    print(f"memory: {early:.1f} MB at most in the first fifth, {late:.1f} MB in the last; {len(faults)} faults")
    for fault in faults[:20]:
        print(fault)
    if faults or late > early * arguments.growth:
        sys.exit(1)


main()
