#!/usr/bin/env python3
"""Takes from limits in memory, beside PyPI `limits` (moving window and fixed window) and FastMCP's middleware bucket, in one run.

usage: quotas.py  (with a Python that has `limits` and `fastmcp`)
"""

import asyncio, json, pathlib, subprocess, time

ROUNDS = 100_000
ours = json.loads(subprocess.run([pathlib.Path(__file__).parent / ".build/release/QuotaBenchmark", "task"], check=True, capture_output=True).stdout)


def median(action):
    samples = []
    for _ in range(5):
        start = time.perf_counter_ns()
        for _ in range(ROUNDS):
            action()
        samples.append((time.perf_counter_ns() - start) / ROUNDS)
    return sorted(samples)[2]


rows = []
try:
    from limits import RateLimitItemPerSecond, storage, strategies

    item = RateLimitItemPerSecond(1_000_000_000)
    for name in ("FixedWindowRateLimiter", "SlidingWindowCounterRateLimiter"):
        limiter = getattr(strategies, name)(storage.MemoryStorage())
        rows.append((f"limits {name}", median(lambda: limiter.hit(item, "agent"))))
except ImportError:
    print("PyPI `limits` is not installed: left out")
try:
    from fastmcp.server.middleware.rate_limiting import TokenBucketRateLimiter

    bucket = TokenBucketRateLimiter(capacity=10**9, refill_rate=10**9)

    async def consume():
        samples = []
        for _ in range(5):
            start = time.perf_counter_ns()
            for _ in range(ROUNDS):
                await bucket.consume()
            samples.append((time.perf_counter_ns() - start) / ROUNDS)
        return sorted(samples)[2]

    rows.append(("fastmcp TokenBucketRateLimiter", asyncio.run(consume())))
except ImportError:
    print("PyPI `fastmcp` is not installed: left out")
print(f"ours, one limit     {ours['one']:6} ns\nours, three limits  {ours['three']:6} ns")
for name, nanoseconds in rows:
    print(f"{name:32} {nanoseconds:8.0f} ns   {nanoseconds / ours['one']:6.1f} times ours")
