#!/usr/bin/env python3
"""A history that no server made, in which everything is as it should be."""
from datetime import datetime, timedelta, timezone

from due_times import SECOND
from history import History

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
BASE = 1_800_000_000 * SECOND
LENGTH = 180


def text(wall):
    return (EPOCH + timedelta(microseconds=wall)).isoformat()


class Maker:
    def __init__(self):
        # The clock goes on by ten seconds after a minute, and back by twenty after two.
        self.steps = [[0, BASE], [60 * SECOND, BASE + 10 * SECOND], [120 * SECOND, BASE - 10 * SECOND]]
        self.history = History(clock=self.steps, end=LENGTH * SECOND, jobs={},
                               servers={"server-1.1": "node-1", "server-2.1": "node-2"})
        self.rows = {}

    def job(self, name, trigger, **facts):
        self.history.jobs[name] = {"limit": 1, "at_limit": "skip"} | facts
        self.history.reasons[name] = []
        self.rows[name] = {"generation": len(self.rows) + 1, "version": 1, "state": "active", "paused_since": None,
                           "trigger": trigger, "policies": {}}

    def run(self, job, scheduled, at, milliseconds=5, kind="scheduled", number=0, recoveries=0, first=None):
        generation = self.rows[job]["generation"]
        row = {"id": f"{job}/{generation}/{text(scheduled)}/{kind}/{number}/1", "job": job, "generation": generation,
               "scheduled": text(scheduled), "kind": kind, "number": number, "attempt": 1, "state": "finished",
               "outcome": "succeeded", "due": text(scheduled), "available": text(scheduled), "node": "node-1",
               "started": text(self.wall(at)), "finished": text(self.wall(at + milliseconds * 1000)),
               "recoveries": recoveries, "error": None}
        self.history.runs.append(row)
        if first:
            self.history.commands.append({"kind": "S", "run": row["id"], "server": first, "at": at - 5 * SECOND})
        for kind, moment in (("S", at), ("E", at + milliseconds * 1000)):
            self.history.commands.append({"kind": kind, "run": row["id"], "server": "server-1.1", "at": moment})
        self.history.told.append({"run": row["id"], "outcome": "succeeded", "server": "server-1.1"})
        return row["id"]

    def wall(self, at):
        return at + next(shift for begin, shift in reversed(self.steps) if begin <= at)

    def reason(self, job, reason, first, last, count):
        self.history.reasons[job].append({
            "reason": reason, "count": count, "first": text(first), "last": text(last),
            "generation": self.rows[job]["generation"], "recorded": text(last)})


def made_up():
    maker = Maker()
    for name in ("plain-1", "plain-2"):
        maker.job(name, {"type": "interval", "seconds": 1, "start_date": text(BASE + SECOND // 2)})
    maker.job("cron-every", {"type": "crontab", "expression": "* * * * * *"})
    maker.job("slow", {"type": "interval", "seconds": 1, "start_date": text(BASE + SECOND // 4)})
    maker.history.snapshots = [{"before": at * SECOND, "after": at * SECOND + 1, "jobs": maker.rows}
                               for at in (0, LENGTH)]
    # Before the first step, what each job did every second; at it, nine are made one with the last.
    for job, phase in (("plain-1", SECOND // 2), ("plain-2", SECOND // 2), ("cron-every", 0)):
        begun = BASE + phase
        for second in range(60):
            at = second * SECOND + phase
            taken_over = {"recoveries": 1, "first": "server-2.1"} if (job, second) == ("plain-2", 20) else {}
            maker.run(job, begun + second * SECOND, at + 1000, **taken_over)
        maker.reason(job, "coalesced", begun + 60 * SECOND, begun + 68 * SECOND, 9)
        maker.run(job, begun + 69 * SECOND, 60 * SECOND + 100, milliseconds=0)
        for second in range(60, 120):
            maker.run(job, begun + (second + 10) * SECOND, second * SECOND + phase + 1000)
        # Back by twenty seconds: an interval fires again, under another number; a cron waits.
        for second in range(120, LENGTH):
            scheduled = begun + (second - 10) * SECOND
            if job != "cron-every":
                maker.run(job, scheduled, second * SECOND + phase + 1000, number=1)
            elif second - 10 >= 130:
                maker.run(job, scheduled, second * SECOND + phase + 1000)
    # Due two seconds before the clock goes back, and not fired: it lies ahead then, and has another trigger before it comes.
    maker.job("changing-1", {"type": "crontab", "expression": "8 * * * * *"})
    maker.run("changing-1", BASE + 8 * SECOND, 8 * SECOND + 1000)
    maker.run("changing-1", BASE + 68 * SECOND, 60 * SECOND + 100)
    edited = maker.rows["changing-1"] | {
        "version": 2, "trigger": {"type": "crontab", "expression": "55 * * * * *"}}
    edit = 126 * SECOND
    for second in range(0, 60, 2):
        at = second * SECOND + SECOND // 4
        maker.run("slow", BASE + at, at + 1000, milliseconds=1400)
        maker.reason("slow", "skipped(instanceLimit)", BASE + at + SECOND, BASE + at + SECOND, 1)
    # It was removed after a minute, as what the clock did to it would say nothing new.
    slow = maker.rows.pop("slow")
    rows = maker.rows
    moment = 59 * SECOND + SECOND // 2
    maker.history.snapshots = [
        {"before": 0, "after": 1, "jobs": {**rows, "slow": slow}},
        {"before": moment - 1, "after": moment, "jobs": {**rows, "slow": slow}},
        {"before": moment + 1, "after": moment + 2, "jobs": rows},
        {"before": edit - 1, "after": edit, "jobs": rows},
        {"before": edit + 1, "after": edit + 2, "jobs": {**rows, "changing-1": edited}},
        {"before": LENGTH * SECOND, "after": LENGTH * SECOND + 1, "jobs": {**rows, "changing-1": edited}},
    ]
    maker.history.actions.append({"kind": "remove", "job": "slow", "from": moment, "to": moment + 2, "done": True,
                                  "run": None})
    asked = maker.run("plain-1", BASE + 30_700_000, 30_701_000, kind="manual", number=3)
    maker.history.actions.append({"kind": "run", "job": "plain-1", "from": 30_699_000, "to": 30_701_000,
                                  "done": True, "run": asked})
    return maker.history
