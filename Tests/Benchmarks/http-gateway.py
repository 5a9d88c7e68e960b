#!/usr/bin/env python3
"""The HTTP gate beside other ways to an MCP server, in one run, under the same load: `wrk` asks for 1 KiB results of `tools/call` (2026-07-28).

    direct      the upstream alone (Tests/Benchmarks/HTTP/upstream.c: one epoll loop a core)
    nginx       Debian's, as a reverse proxy that keeps connections
    allow-all   this gate with a policy that allows everything and logs refusals only
    everything  an API key, schema, limits, all packs with all views on arguments and results, a log line a call
    fastmcp     PyPI `fastmcp` as a proxy      (--fastmcp PYTHON: of a virtual environment that has it)
    forge       PyPI `mcp-contextforge-gateway` (--forge BIN: the `bin` of a virtual environment that has it)

usage: http-gateway.py --gate .build/release/sallyport [--seconds 10] [--connections 32] [--rounds 3] [--only NAME,…] [--loops N]

Besides requests a second (the best of the rounds, which alternate) it gives processor time for each request, of the proxy alone, which
depends less on what else the machine does, and the p50 of one connection at a time. What is not there is left out with a word.
"""

import argparse, json, os, pathlib, re, shutil, signal, socket, subprocess, sys, tempfile, textwrap, time, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
META = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
CALL = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"fetch","arguments":{"url":"https://library.example/hours","limit":5},%s}}' % META
processes = []


def port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(command, at, patience=90, **options):
    options.setdefault("stderr", subprocess.DEVNULL)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True, **options)
    processes.append(process)
    deadline = time.time() + patience
    while time.time() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", at)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError(f"{command[0]} does not listen")


def family(pid):
    """A process and those it started."""
    found = [pid]
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) in found:
                found.append(int(entry.parent.name))
        except (OSError, IndexError):
            pass
    return found


def processor(pid):
    total = 0
    for one in family(pid):
        try:
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / os.sysconf("SC_CLK_TCK")


def wrk_script(folder, name, headers, body):
    lines = ["wrk.method = 'POST'", f"wrk.body = {json.dumps(body)}"] + [f"wrk.headers[{json.dumps(n)}] = {json.dumps(v)}" for n, v in headers.items()]
    lines += ["done = function(summary, latency, requests)",
              "  io.write(string.format('RESULT %d %d %d %.1f\\n', summary.requests, summary.duration, summary.errors.status + summary.errors.read + summary.errors.timeout, latency:percentile(50)))", "end"]
    path = folder / f"{name}.lua"
    path.write_text("\n".join(lines))
    return path


def wrk(script, url, connections, seconds):
    threads = min(2, connections)
    out = subprocess.run(["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), url], capture_output=True, text=True)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) ([\d.]+)", out.stdout)
    if not found:
        raise RuntimeError(out.stdout + out.stderr)
    requests, microseconds, errors, p50 = (float(part) for part in found.groups())
    return requests / microseconds * 1e6, requests, errors, p50


def ask(url, headers, body):
    request = urllib.request.Request(url, body.encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers, answer.read().decode()


MODERN = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
          "Mcp-Method": "tools/call", "Mcp-Name": "fetch"}


def policy(folder, everything):
    folder.mkdir()
    tools = [{"name": "fetch", "description": "Fetches a page.", "inputSchema": {"type": "object", "properties": {"url": {"type": "string", "maxLength": 200}, "limit": {"type": "integer", "minimum": 1}}, "required": ["url"]}},
             {"name": "stream", "description": "The same as a stream.", "inputSchema": {"type": "object", "properties": {"url": {"type": "string"}}}}]
    (folder / "web.tools.json").write_text(json.dumps({"tools": tools}))
    lines = ["edition 1", "policy benchmark"]
    if everything:
        lines += [f"use sally.{pack}" for pack in ("arguments", "injection", "pii", "secrets", "toolpoison")]
    lines += ['server web from "web.tools.json"', "scope reading opens web.fetch, web.stream", "agent reader when " + ('key.owner == "bench"' if everything else 'token.sub == "x"'), "grant all_reading reading to reader"]
    if everything:
        sets = [line.split()[1] for pack in ("arguments", "injection", "pii", "secrets", "toolpoison")
                for line in (HERE / f"../../rules/{pack}.sally").read_text().splitlines() if line.startswith("patterns ")]
        lines += ["limit rate 1_000_000 calls per second by agent", "limit daily 100_000_000_000 calls per day by agent"]
        lines += ["filter outputs", "  on web.*", "  in text", "  normalise unicode, strip invisible, control, ansi, html",
                  "  decode base64, hex, url, html, rot13, leet, spaced"]
        lines += [f"  match {name} -> " + ("redact" if name.startswith(("sally.secrets", "sally.pii")) else "wrap") for name in sets]
        lines += ["filter inputs", "  on web.*", "  in args"]
        lines += [f"  match {name} -> block" for name in sets if name.startswith("sally.arguments")]
        lines += ["deny no_admin", "  on web.fetch", '  when args.url == "https://library.example/admin"']
    (folder / "policy.sally").write_text("\n".join(lines) + "\n")
    checked = subprocess.run([str(GATE), "check", str(folder)], capture_output=True, text=True)
    if checked.returncode != 0:
        raise RuntimeError(checked.stdout + checked.stderr)


def direct(folder, upstream):
    return None, f"http://127.0.0.1:{upstream}/mcp", MODERN


def nginx(folder, upstream):
    at = port()
    conf = folder / "nginx.conf"
    conf.write_text(textwrap.dedent(f"""
        worker_processes {os.cpu_count()}; daemon off; pid {folder}/nginx.pid; error_log /dev/null; events {{ worker_connections 4096; }}
        http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
          keepalive_requests 100000000;
          upstream web {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 100000000; }}
          server {{ listen 127.0.0.1:{at}; location / {{ proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering on; }} }} }}"""))
    return start([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(conf)], at), f"http://127.0.0.1:{at}/mcp", MODERN


def gate(folder, upstream, everything):
    at = port()
    policy(folder / "policy", everything)
    command = [str(GATE), "serve", "--policy", str(folder / "policy"), "--upstream", f"web=http://127.0.0.1:{upstream}/mcp", "--listen", f"127.0.0.1:{at}"]
    headers = dict(MODERN)
    if LOOPS:
        command += ["--loops", str(LOOPS)]
    if everything:
        state = folder / "state"
        made = subprocess.run([str(GATE), "keys", "create", "--owner", "bench", "--state", str(state)], capture_output=True, text=True)
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        headers["Authorization"] = "Bearer " + made.stdout.strip()
        command += ["--state", str(state)]
    else:
        command += ["--agent", "reader", "--log-level", "warning"]
    log = open(folder / "log", "wb")
    return start(command, at, stderr=log), f"http://127.0.0.1:{at}/web", headers


def fastmcp(folder, upstream):
    if not ARGUMENTS.fastmcp:
        raise LookupError("no --fastmcp PYTHON")
    at = port()
    program = folder / "proxy.py"
    program.write_text(textwrap.dedent(f"""
        from fastmcp.server import create_proxy
        proxy = create_proxy("http://127.0.0.1:{upstream}/mcp", name="proxy")
        proxy.run(transport="http", host="127.0.0.1", port={at}, path="/mcp", stateless_http=True, json_response=True, log_level="critical", show_banner=False)"""))
    process = start([ARGUMENTS.fastmcp, str(program)], at, stderr=open(folder / "log", "wb"))
    return process, f"http://127.0.0.1:{at}/mcp", MODERN


def forge(folder, upstream):
    """Without its page; who calls is said by a header, as it takes it from a proxy that it trusts. A token would not be looked at then, and a
    caller without that header is nobody, who may do nothing (403)."""
    if not ARGUMENTS.forge:
        raise LookupError("no --forge BIN")
    at = port()
    environment = dict(os.environ, AUTH_REQUIRED="false", MCP_CLIENT_AUTH_ENABLED="false", TRUST_PROXY_AUTH="true", MCPGATEWAY_UI_ENABLED="false",
                       TRUST_PROXY_AUTH_DANGEROUSLY="true", MCPGATEWAY_ADMIN_API_ENABLED="false", LOG_LEVEL="ERROR", DATABASE_URL=f"sqlite:///{folder}/forge.db",
                       JWT_SECRET_KEY="a-secret-of-at-least-32-characters-for-a-benchmark", AUTH_ENCRYPTION_SECRET="another-secret-of-at-least-32-characters", HOST="127.0.0.1", PORT=str(at),
                       SSRF_ALLOW_LOCALHOST="true", SSRF_ALLOW_PRIVATE_NETWORKS="true", USE_STATEFUL_SESSIONS="false", JSON_RESPONSE_ENABLED="true", CACHE_TYPE="memory",
                       PLATFORM_ADMIN_EMAIL="admin@example.com", PLATFORM_ADMIN_PASSWORD="Benchmark-Passw0rd!", DEFAULT_USER_PASSWORD="Benchmark-Passw0rd!")
    process = start([ARGUMENTS.forge + "/uvicorn", "mcpgateway.main:app", "--host", "127.0.0.1", "--port", str(at), "--workers", "1", "--log-level", "error"], at,
                    patience=180, env=environment, cwd=folder, stderr=open(folder / "log", "wb"))
    own = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "X-Authenticated-User": "admin@example.com"}
    ask(f"http://127.0.0.1:{at}/gateways", own, json.dumps({"name": "web", "url": f"http://127.0.0.1:{upstream}/mcp", "transport": "STREAMABLEHTTP"}))
    request = urllib.request.Request(f"http://127.0.0.1:{at}/tools", headers=own)
    tools = json.loads(urllib.request.urlopen(request, timeout=20).read())
    name = next(tool["name"] for tool in tools if tool["name"].endswith("fetch"))
    body = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"%s","arguments":{"url":"https://library.example/hours","limit":5}}}' % name
    return process, f"http://127.0.0.1:{at}/rpc", own, body


def main():
    rows, skipped = {}, []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        binary = scratch / "upstream"
        subprocess.run(["cc", "-O2", "-o", str(binary), str(HERE / "HTTP/upstream.c"), "-lpthread"], check=True)
        upstream = port()
        start([str(binary), str(upstream)], upstream)
        makers = {"direct": direct, "nginx": nginx, "allow-all": lambda f, u: gate(f, u, False), "everything": lambda f, u: gate(f, u, True), "fastmcp": fastmcp, "forge": forge}
        ready = {}
        for name, make in makers.items():
            if ARGUMENTS.only and name not in ARGUMENTS.only.split(","):
                continue
            folder = scratch / name
            folder.mkdir()
            try:
                process, url, headers, *rest = make(folder, upstream)
                body = rest[0] if rest else CALL
                text = ask(url, headers, body)[1]
                if "library opens" not in text:
                    raise RuntimeError(f"no result: {text[:300]}")
                ready[name] = (process, url, wrk_script(scratch, name, headers, body))
            except Exception as error:
                log = folder / "log"
                skipped.append(f"{name}: left out: {error} {log.read_text(errors='replace')[-400:] if log.exists() and not isinstance(error, LookupError) else ''}")
        for name, (_, url, script) in ready.items():
            wrk(script, url, ARGUMENTS.connections, 1)
        for round in range(ARGUMENTS.rounds):
            for name, (process, url, script) in ready.items():
                before = processor(process.pid) if process else 0
                rate, requests, errors, _ = wrk(script, url, ARGUMENTS.connections, ARGUMENTS.seconds)
                spent = (processor(process.pid) - before) / max(requests, 1) * 1e6 if process else 0
                p50 = wrk(script, url, 1, max(1, ARGUMENTS.seconds // 3))[3]
                best = rows.get(name, (0, 1e9, 1e9, 0))
                rows[name] = (max(best[0], rate), min(best[1], spent), min(best[2], p50), best[3] + errors)
    base = rows.get("nginx", rows.get("direct", (1, 1, 1, 0)))
    fastest = rows.get("direct", (0, 0, 0, 0))[2]
    print(f"{'':12}{'requests/s':>12}{'/nginx':>8}{'CPU us/request':>16}{'p50 us':>10}{'added us':>10}{'errors':>8}")
    for name, (rate, spent, p50, errors) in rows.items():
        print(f"{name:12}{rate:12,.0f}{rate / base[0]:8.2f}{spent:16.1f}{p50:10.0f}{p50 - fastest:10.0f}{errors:8.0f}")
    for line in skipped:
        print(line)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--gate", default=str(HERE / "../../.build/release/sallyport"))
parser.add_argument("--seconds", type=int, default=10)
parser.add_argument("--connections", type=int, default=32)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--loops", type=int)
parser.add_argument("--only")
parser.add_argument("--fastmcp")
parser.add_argument("--forge")
ARGUMENTS = parser.parse_args()
GATE, LOOPS = pathlib.Path(ARGUMENTS.gate).resolve(), ARGUMENTS.loops
if not shutil.which("wrk"):
    sys.exit("wrk is not installed")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    main()
finally:
    for process in processes:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
