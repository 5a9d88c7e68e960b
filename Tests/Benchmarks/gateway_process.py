"""The gate as a process in front of HTTP/upstream.c, and a client of a few lines, for the scripts beside this one."""

import json, os, pathlib, shutil, signal, socket, subprocess, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
META = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
POLICY = """edition 1
policy web
server web from "web.tools.json"
scope reading opens web.*
agent reader when token.sub == "x"
grant all_reading reading to reader
deny never
  on web.fetch
  when args.url == "https://library.example/admin"
"""
TOOLS = {"tools": [
    {"name": "fetch", "description": "Fetches a page.", "inputSchema": {"type": "object", "properties": {
        "url": {"type": "string", "maxLength": 200}, "limit": {"type": "integer", "minimum": 1}}, "required": ["url"]}},
    {"name": "stream", "description": "The same as a stream.", "inputSchema": {"type": "object", "properties": {"url": {"type": "string"}}}}]}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def opening(number):
    parameters = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "script", "version": "1"}}
    return {}, json.dumps({"jsonrpc": "2.0", "id": number, "method": "initialize", "params": parameters})


def call(number, tool="fetch", url="https://library.example/hours"):
    """Of 2026-07-28."""
    body = '{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"%s","arguments":{"url":"%s"},%s}}' % (number, tool, url, META)
    return {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool}, body


def session_call(number, session, tool="fetch"):
    body = '{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"%s","arguments":{"url":"https://library.example/hours"}}}' % (number, tool)
    return {"Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"}, body


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Connection:
    """One connection, one request after another."""

    def __init__(self, port):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def post(self, request):
        return self.ask("POST", *request)

    def ask(self, verb, headers, body=""):
        lines = [f"{verb} /web HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Content-Type: application/json", "Accept: application/json, text/event-stream",
                 f"Content-Length: {len(body)}"] + [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        status = int(self.file.readline().split()[1])
        received = {}
        while (line := self.file.readline().strip()):
            name, _, value = line.decode().partition(":")
            received[name.lower()] = value.strip()
        if received.get("transfer-encoding") == "chunked":
            text = b""
            while (size := int(self.file.readline(), 16)):
                text += self.file.read(size)
                self.file.readline()
            self.file.readline()
        else:
            text = self.file.read(int(received.get("content-length", 0)))
        return Answer(status, received, text.decode())

    def close(self):
        self.file.close()
        self.socket.close()


class Gate:
    """`with Gate(binary) as gate`: the gate and its upstream, until the block ends."""

    def __init__(self, binary, *options):
        self.binary, self.options, self.processes = str(pathlib.Path(binary).resolve()), options, []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        subprocess.run(["cc", "-O2", "-o", str(self.folder / "upstream"), str(HERE / "HTTP/upstream.c"), "-lpthread"], check=True)
        (self.folder / "web.tools.json").write_text(json.dumps(TOOLS))
        (self.folder / "policy.sally").write_text(POLICY)
        self.upstream, self.port = free_port(), free_port()
        self.start([str(self.folder / "upstream"), str(self.upstream)], self.upstream)
        self.serve()
        return self

    def serve(self):
        self.process = self.start(
            [self.binary, "serve", "--policy", str(self.folder), "--upstream", f"web=http://127.0.0.1:{self.upstream}/mcp", "--agent", "reader",
             "--listen", f"127.0.0.1:{self.port}", *self.options], self.port)

    def start(self, command, port):
        log = open(self.folder / "log", "ab")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.processes.append(process)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def resident(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
