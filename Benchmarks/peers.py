#!/usr/bin/env python3
"""Measures APScheduler, croniter and cronsim on what `trigger-benchmark` measures.

usage: peers.py [--quick] < CASES > RESULTS

CASES is what `trigger-benchmark --cases` prints; RESULTS are JSON lines for `trigger-benchmark --peers`. Times are CPU
time of the process. A case that a peer cannot express is left out.
"""

import json
import sys
import time
from datetime import datetime, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from cronsim import CronSim
from croniter import croniter

RUNS = 7
FIRST, MIDDLE, LAST = 1975, 2025, 2100


def walk_apscheduler(expression, zone, backward):
    if backward:
        return None
    trigger = CronTrigger(timezone=zone, **expression["fields"])
    start = datetime(MIDDLE, 1, 1, tzinfo=zone)

    def walk(calls):
        fire_time = start
        for _ in range(calls):
            fire_time = trigger.get_next_fire_time(fire_time, fire_time)
            if fire_time is None or fire_time.year >= LAST:
                fire_time = start

    return walk


def crontab(expression):
    """Crontab text for peers that read nothing else; both its day fields have to match where ours are given so."""
    fields = {"minute": "0", "hour": "0", "day": "*", "day_of_week": "*"} | expression["fields"]
    return expression.get("crontab") or "{minute} {hour} {day} * {day_of_week}".format(**fields)


def walk_croniter(expression, zone, backward):
    text = crontab(expression)
    start = datetime(MIDDLE, 1, 1, tzinfo=zone)
    times = croniter(
        text,
        start,
        ret_type=datetime,
        day_or="crontab" in expression,
        second_at_beginning=len(text.split()) == 6,
        max_years_between_matches=100,
    )

    def walk(calls):
        times.set_current(start, force=True)
        step = times.get_prev if backward else times.get_next
        for _ in range(calls):
            if not FIRST < step().year < LAST:
                times.set_current(start, force=True)

    return walk


def walk_cronsim(expression, zone, backward):
    if {"day", "day_of_week"} <= expression["fields"].keys():
        return None
    text = crontab(expression)
    start = datetime(MIDDLE, 1, 1, tzinfo=zone)
    CronSim(text, start)

    def walk(calls):
        times = CronSim(text, start, reverse=backward)
        for _ in range(calls):
            if not FIRST < next(times).year < LAST:
                times = CronSim(text, start, reverse=backward)

    return walk


def repeat(call):
    def calls(count):
        for _ in range(count):
            call()

    return calls


def parse_apscheduler(text, zone):
    return repeat(lambda: CronTrigger.from_crontab(text, timezone=zone))


def parse_croniter(text, zone):
    start = datetime(MIDDLE, 1, 1, tzinfo=zone)
    seconds_first = len(text.split()) == 6
    return repeat(lambda: croniter(text, start, second_at_beginning=seconds_first))


def parse_cronsim(text, zone):
    start = datetime(MIDDLE, 1, 1, tzinfo=zone)
    return repeat(lambda: CronSim(text, start))


def behind_apscheduler(zone):
    """Its jobs ask for one time after the other until now (`Job._get_run_times`)."""
    start = datetime(MIDDLE, 1, 1, tzinfo=zone)
    trigger = IntervalTrigger(seconds=1, start_date=start, timezone=zone)

    def walk(calls):
        now = start + timedelta(seconds=calls)
        fire_time = start
        while fire_time <= now:
            fire_time = trigger.get_next_fire_time(fire_time, now)

    return walk


def cpu_time(calls, count):
    before = time.process_time_ns()
    calls(count)
    return time.process_time_ns() - before


def measure(calls, run_nanoseconds):
    """Nanoseconds a call, of several runs that are each at least so long, in ascending order."""
    count = 4
    while (taken := cpu_time(calls, count)) < run_nanoseconds and count < 1_000_000:
        count = max(count * 2, int(count * run_nanoseconds / max(taken, 1)))
    return sorted(cpu_time(calls, count) / count for _ in range(RUNS))


def main():
    cases = json.load(sys.stdin)
    quick = "--quick" in sys.argv[1:]
    zones = cases["zones"][:3] if quick else cases["zones"]
    run_nanoseconds = 1_000_000 if quick else 5_000_000

    refusals = {}

    def report(package, operation, name, zone, make, scale=1):
        try:
            calls = make()
            if calls is None:
                return
            runs = [run * scale for run in measure(calls, run_nanoseconds)]
        except Exception as error:  # Whatever a peer throws, the others go on.
            refusals[package, name] = f"{type(error).__name__}: {error}"
            return
        result = {
            "peer": f"{package} {version(package)}",
            "operation": operation,
            "name": name,
            "zone": zone,
            "median": runs[len(runs) // 2],
            "minimum": runs[0],
            "maximum": runs[-1],
        }
        print(json.dumps(result), flush=True)

    peers = {
        "APScheduler": (walk_apscheduler, parse_apscheduler),
        "croniter": (walk_croniter, parse_croniter),
        "cronsim": (walk_cronsim, parse_cronsim),
    }
    berlin = ZoneInfo("Europe/Berlin")
    for package, (walk, parse) in peers.items():
        for expression in cases["expressions"]:
            name = expression["name"]
            for zone in zones:
                for operation in ("forward", "backward"):
                    report(
                        package, operation, name, zone, lambda: walk(expression, ZoneInfo(zone), operation == "backward")
                    )
            text = expression.get("crontab")
            if text is not None:
                report(package, "parse", text, "", lambda: parse(text, berlin))
    # Every second costs the same, so some of the 30 days stand for all.
    report("APScheduler", "latest and count", cases["behind"], "", lambda: behind_apscheduler(berlin), 30 * 86_400)
    for (package, name), reason in refusals.items():
        print(f"peers: {package} does not take '{name}': {reason}", file=sys.stderr)


if __name__ == "__main__":
    main()
