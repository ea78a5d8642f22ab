"""Measures APScheduler 3 the way scheduler-benchmark measures Carillon; one JSON line a figure."""

import json
import statistics
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ProcessPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler


def started(**options):
    scheduler = BackgroundScheduler(timezone=timezone.utc, **options)
    scheduler.start()
    return scheduler


def burst(count):
    """Jobs a second, from when they are due until the last has run."""
    done = threading.Event()
    lock = threading.Lock()
    left = count

    def nothing():
        nonlocal left
        with lock:
            left -= 1
            if left == 0:
                done.set()

    scheduler = started(job_defaults={"misfire_grace_time": None})
    due = datetime.now(timezone.utc) + timedelta(seconds=2 + count / 2000)
    for number in range(count):
        scheduler.add_job(nothing, "date", run_date=due, id=f"job {number}")
    late = (datetime.now(timezone.utc) - due).total_seconds()
    if late > 0:
        raise SystemExit("the jobs were not added in time")
    done.wait()
    elapsed = (datetime.now(timezone.utc) - due).total_seconds()
    scheduler.shutdown()
    return {"rate": count / elapsed}


def lateness(rate, seconds):
    """Microseconds by which jobs start late, and how many of those expected did."""
    late = []
    scheduler = started(job_defaults={"misfire_grace_time": None})
    begin = int(time.time()) + 2 + rate // 2000

    def note(number):
        now = time.time()
        late.append((now - begin - number / rate) % 1 * 1e6)

    for number in range(rate):
        start = datetime.fromtimestamp(begin + number / rate, timezone.utc)
        end = datetime.fromtimestamp(begin + seconds - 1e-4, timezone.utc)
        scheduler.add_job(note, "interval", seconds=1, start_date=start, end_date=end, args=[number], id=f"job {number}")
    time.sleep(max(0, begin + seconds + 1 - time.time()))
    scheduler.shutdown(wait=False)
    late.sort()
    return {"p50": late[len(late) // 2], "p99": late[len(late) * 99 // 100], "started": len(late), "expected": rate * seconds}


def one_shot(count):
    """Microseconds from adding a job until its function begins."""
    times = []
    scheduler = started(job_defaults={"misfire_grace_time": None})
    for _ in range(count):
        begun = threading.Event()
        at = []

        def note():
            at.append(time.perf_counter())
            begun.set()

        begin = time.perf_counter()
        scheduler.add_job(note)
        begun.wait()
        times.append((at[0] - begin) * 1e6)
    scheduler.shutdown()
    times.sort()
    return {"p50": statistics.median(times), "p99": times[len(times) * 99 // 100]}


def nothing():
    """A job for other processes, which find it by name."""


def process_pool(count):
    """Jobs a second in two worker processes, from when they are due until the last has run."""
    done = threading.Event()
    warm = threading.Event()
    left = count

    def ended(event):
        nonlocal left
        if event.job_id == "warm":
            return warm.set()
        left -= 1
        if left == 0:
            done.set()

    scheduler = started(
        executors={"default": ProcessPoolExecutor(2)},
        job_defaults={"misfire_grace_time": None},
    )
    scheduler.add_listener(ended, EVENT_JOB_EXECUTED)
    scheduler.add_job(nothing, id="warm")
    warm.wait()
    due = datetime.now(timezone.utc) + timedelta(seconds=2 + count / 2000)
    for number in range(count):
        scheduler.add_job(nothing, "date", run_date=due, id=f"job {number}")
    if datetime.now(timezone.utc) > due:
        raise SystemExit("the jobs were not added in time")
    done.wait()
    elapsed = (datetime.now(timezone.utc) - due).total_seconds()
    scheduler.shutdown()
    return {"rate": count / elapsed}


def main():
    name, number = sys.argv[1], int(sys.argv[2])
    if name == "burst":
        figures = burst(number)
    elif name == "lateness":
        figures = lateness(number, 10)
    elif name == "processpool":
        figures = process_pool(number)
    else:
        figures = one_shot(number)
    print(json.dumps({"figures": figures}))


if __name__ == "__main__":
    main()
