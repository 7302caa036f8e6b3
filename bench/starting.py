"""How long the demo city takes to load, and how long `charity serve` takes to answer on it."""

import subprocess
import sys
import time

from bench import servers

STARTS = 3


def demo_and_cold_start() -> dict[str, tuple[float, str]]:
    """`charity demo` into an empty folder; then the median of three starts until /readyz answers."""
    with servers.house() as at:
        at.run("migrate")
        began = time.perf_counter()
        at.run("demo")
        loaded = time.perf_counter() - began
        starts = []
        for _ in range(STARTS):
            port = servers.free_port()
            command = [sys.executable, "-m", "charity", "serve", "--port", str(port)]
            began = time.perf_counter()
            with subprocess.Popen(
                command, cwd=servers.ROOT, env=at.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as server:
                servers.ready(f"http://127.0.0.1:{port}")
                starts.append(time.perf_counter() - began)
                server.terminate()
                server.wait(30)
    return {"demo_load_s": (round(loaded, 2), "s"), "cold_start_s": (round(sorted(starts)[STARTS // 2], 2), "s")}
