#!/usr/bin/env python3
"""MB/s of ours, Hyperscan, RE2 and YARA-X on the same patterns and texts, in one run: Comparison/filters.py CORPORA samples|packs [COUNT...]

Run in Tests/Benchmarks after `swift build -c release --product FilterBenchmark`. The packages hyperscan, google-re2 and yara-x go into a virtual environment in
the folder for temporary files; one that cannot be had is left out. Ours reports offsets; Hyperscan ends with ids, and starts with SOM_LEFTMOST.
"""
import json, os, subprocess, sys, tempfile, time

environment = os.path.join(tempfile.gettempdir(), "sallyport-peers")
if not sys.prefix.startswith(environment):
    python = os.path.join(environment, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        for package in ["hyperscan", "google-re2", "yara-x"]:
            subprocess.run([python, "-m", "pip", "install", "-q", package])
    os.execv(python, [python, *sys.argv])

corpora, kind = sys.argv[1:3]
ours = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".build", "release", "FilterBenchmark")
folder = tempfile.mkdtemp()
subprocess.run([ours, corpora, kind, "export", folder], check=True)
texts = [text.encode() for text in json.load(open(folder + "/texts.json"))]
# Inline, so that every engine takes each as it is meant.
sources = [("(?i)" if p["caseless"] else "") + p["source"] for p in json.load(open(folder + "/patterns.json"))]
size = sum(map(len, texts))


def run(name, scan):
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            scan(text)
        best = min(best, time.process_time() - start)
    return size / best / 1e6


def hyperscan_set(patterns, flags):
    import hyperscan

    # Some it finds too large; they are left out, in its favour.
    kept = []
    for pattern in patterns:
        try:
            hyperscan.Database().compile(expressions=[pattern.encode()], ids=[0], flags=[flags])
            kept.append(pattern)
        except Exception:
            continue
    print(f"  Hyperscan: {len(patterns) - len(kept)} patterns left out")
    patterns = kept
    database = hyperscan.Database()
    database.compile(expressions=[p.encode() for p in patterns], ids=list(range(len(patterns))), flags=[flags] * len(patterns))
    found = []
    handler = lambda *hit: found.append(hit) and None
    return lambda text: database.scan(text, match_event_handler=handler)


def engines(patterns):
    try:
        import hyperscan as hs

        yield "Hyperscan, once a pattern", lambda: hyperscan_set(patterns, hs.HS_FLAG_SINGLEMATCH)
        yield "Hyperscan, with starts", lambda: hyperscan_set(patterns, hs.HS_FLAG_SOM_LEFTMOST)
    except ImportError:
        pass
    try:
        import re2

        def make_re2():
            options = re2.Options()
            options.max_mem = 1 << 30
            options.log_errors = False
            group = re2.Set.SearchSet(options)
            for pattern in patterns:
                group.Add(pattern)
            group.Compile()
            return group.Match

        yield "RE2::Set, ids only", make_re2
    except ImportError:
        pass
    try:
        import yara_x

        def make_yara():
            parts = [(p.removeprefix("(?i)").replace("/", "\\/"), "i" if p.startswith("(?i)") else "") for p in patterns]
            rules = "".join(f"rule r{i} {{ strings: $a = /{p}/{flag} condition: $a }}\n" for i, (p, flag) in enumerate(parts))
            return yara_x.compile(rules).scan

        yield "YARA-X", make_yara
    except ImportError:
        pass


def our_speed(count):
    lines = subprocess.run([ours, corpora, kind, str(count)], check=True, capture_output=True, text=True).stdout
    return float(next(line for line in lines.splitlines() if "all texts" in line).split(" MB/s")[0].split()[-1])


for count in map(int, sys.argv[3:] or ["100", "500"]):
    print(f"{count} patterns, {len(texts)} texts, {size} bytes")
    mine = our_speed(count)
    print(f"  ours: {mine:.1f} MB/s")
    for name, make in engines([sources[i * len(sources) // count] for i in range(min(count, len(sources)))]):
        try:
            start = time.time()
            scan = make()
            compiled = time.time() - start
            speed = run(name, scan)
            print(f"  {name}: {speed:.1f} MB/s, ours is {mine / speed:.1f} times as fast; compiled in {compiled:.2f} s", flush=True)
        except Exception as problem:
            print(f"  {name}: {str(problem)[:200]}")
