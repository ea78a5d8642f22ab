"""Measures pgqueuer the way store-benchmark measures Carillon: jobs that do nothing, a second, until all have ended.

Usage: pgqueuer_peer.py ADDRESS BATCH JOBS
"""

import asyncio
import sys
import time

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode


async def main(address, batch, jobs):
    connection = await asyncpg.connect(address)
    queries = Queries(AsyncpgDriver(connection))
    if await queries.schema_is_installed():
        await queries.uninstall()
    await queries.install()
    for first in range(0, jobs, 5000):
        count = min(5000, jobs - first)
        await queries.enqueue(["work"] * count, [None] * count, [0] * count)
    manager = QueueManager(Queries(AsyncpgDriver(await asyncpg.connect(address))))
    ended = 0

    @manager.entrypoint("work")
    async def work(job):
        nonlocal ended
        ended += 1

    start = time.monotonic()
    await manager.run(batch_size=batch, mode=QueueExecutionMode.drain)
    elapsed = time.monotonic() - start
    if ended != jobs:
        raise SystemExit(f"{ended} jobs have ended instead of {jobs}")
    print(round(jobs / elapsed))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
