"""MB/s of Hyperscan, RE2 and YARA-X on what `FilterBenchmark CORPORA export FOLDER` wrote: python3 Comparison/filters.py FOLDER [COUNT...]

Needs the packages hyperscan, google-re2 and yara-x; one that is absent is left out. Hyperscan reports ends with ids, and starts with SOM_LEFTMOST.
"""
import json, sys, time

folder = sys.argv[1]
texts = [text.encode() for text in json.load(open(folder + "/texts.json"))]
sources = json.load(open(folder + "/patterns.json"))
size = sum(map(len, texts))


def run(name, scan):
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            scan(text)
        best = min(best, time.process_time() - start)
    print(f"  {name}: {size / best / 1e6:.1f} MB/s", flush=True)


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

        common = hs.HS_FLAG_CASELESS
        yield "Hyperscan, once a pattern", lambda: hyperscan_set(patterns, common | hs.HS_FLAG_SINGLEMATCH)
        yield "Hyperscan, with starts", lambda: hyperscan_set(patterns, common | hs.HS_FLAG_SOM_LEFTMOST)
    except ImportError:
        pass
    try:
        import re2

        def make_re2():
            options = re2.Options()
            options.case_sensitive = False
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
            escaped = [p.replace("/", "\\/") for p in patterns]
            rules = "".join(f"rule r{i} {{ strings: $a = /{p}/i condition: $a }}\n" for i, p in enumerate(escaped))
            return yara_x.compile(rules).scan

        yield "YARA-X", make_yara
    except ImportError:
        pass


for count in map(int, sys.argv[2:] or ["100", "500"]):
    print(f"{count} patterns, {len(texts)} texts, {size} bytes")
    chosen = sources[:count]
    for name, make in engines(chosen):
        try:
            start = time.time()
            scan = make()
            print(f"  {name}: compiled in {time.time() - start:.2f} s")
            run(name, scan)
        except Exception as problem:
            print(f"  {name}: {str(problem)[:200]}")
