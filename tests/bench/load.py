"""Clients that send prepared requests over kept connections and count the answers."""

import asyncio
import time
from collections import Counter

LIMIT = 30.0


async def _answer(reader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    body = await reader.readexactly(length) if length else b""
    return status, head + body


async def _client(
    port: int, requests: list[bytes], counts: Counter, times: list[float], until: float
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        if time.perf_counter() > until:
            break
        began = time.perf_counter()
        writer.write(request)
        status, _body = await asyncio.wait_for(_answer(reader), LIMIT)
        times.append(time.perf_counter() - began)
        counts[status] += 1
    writer.close()


async def _all(port, batches, seconds):
    counts, times = Counter(), []
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, batch, counts, times, began + seconds) for batch in batches))
    return counts, times, time.perf_counter() - began


def run(port: int, batches: list[list[bytes]], seconds: float = 6.0) -> dict:
    """Send each batch from a client of its own, at most ``seconds`` long.

    Rate per second, p50 and p99 in milliseconds.
    """
    counts, times, took = asyncio.run(_all(port, batches, seconds))
    ordered = sorted(times)
    return {
        "rate": len(times) / took,
        "p50": 1000 * ordered[len(ordered) // 2],
        "p99": 1000 * ordered[int(len(ordered) * 0.99)],
        "statuses": dict(counts),
    }


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
