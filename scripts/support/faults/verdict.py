#!/usr/bin/env python3
"""Compares what a show left with what was due.

Due times are windows: those certainly due must be filled by a run or by a reason, those perhaps due (an edit was being
made at that very moment) may be. Whatever fills nothing that was due is out of place.
"""
import bisect
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from due_times import SECOND, WallClock, trigger, wall_time
from history import epochs

# How far the readings of two processes, and a run and its command, may lie apart.
SLACK = SECOND // 4
# The longest that a lock, or a store's server that is frozen or starts again, keeps all servers from firing what is due,
# with the turn after it.
BUSY = 15 * SECOND
# Faults during which a node waits for an answer of the store, or sends again what was not answered.
UNANSWERED = ("lock", "freeze", "cut", "restart")
# Faults during which a run has ended and the store does not know it.
UNWRITTEN = (*UNANSWERED, "stop")
# Reasons and what must be so where they stand.
KINDS = ("missed", "coalesced", "skipped(instanceLimit)", "skipped(queueFull)", "skipped(replaced)",
         "skipped(triggerReplaced)", "skipped(jobPaused)", "skipped(jobRemoved)", "clockStep")


@dataclass
class Verdict:
    unexplained: list = field(default_factory=list)
    accepted_twice: list = field(default_factory=list)
    after_takeover: list = field(default_factory=list)
    occurrences: int = 0
    outcomes: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    starts: int = 0

    @property
    def counts(self):
        return len(self.unexplained), len(self.accepted_twice), len(self.after_takeover)


class Judge:
    def __init__(self, history):
        self.history = history
        self.clock = WallClock(history.clock, max(history.end, history.clock[-1][0]) + 3600 * SECOND)
        self.verdict = Verdict()
        self.runs = defaultdict(list)
        for run in history.runs:
            self.runs[run["job"]].append(run)
        self.starts, self.ends = defaultdict(list), defaultdict(list)
        for command in history.commands:
            (self.starts if command["kind"] == "S" else self.ends)[command["run"]].append(command)

    def judge(self):
        for job in sorted(set(self.history.jobs) | set(self.runs) | set(self.history.reasons)):
            self.judge_occurrences(job)
        for run in self.history.runs:
            self.judge_run(run)
        self.judge_identities()
        self.judge_requests()
        self.judge_neighbours()
        return self.verdict

    def at(self, monotonic):
        """A moment, and the faults of that time, for the report."""
        seconds = (monotonic - self.history.clock[0][0]) / SECOND
        near = [f"{fault['kind']} {fault['server'] or ''}".strip() for fault in self.faults_near(monotonic, 5 * SECOND)]
        return f"at {seconds:.1f} s" + (f" (near: {', '.join(near)})" if near else "")

    def when(self, time):
        passings = self.clock.passings(time)
        return self.at(passings[-1]) if passings else "at a time that the clock never showed"

    def faults_near(self, monotonic, distance):
        return [fault for fault in self.history.faults
                if fault["from"] - distance <= monotonic <= fault["to"] + distance]

    # Occurrences

    def due(self, found):
        """Of each generation: the times that were certainly and perhaps due, with how often the clock passed them."""
        certain, perhaps, paused = defaultdict(Counter), defaultdict(Counter), defaultdict(set)
        added = {}
        for epoch in found:
            added.setdefault(epoch.generation, self.clock.shown(epoch.begin))
            times = trigger(epoch.trigger)
            first, last = self.clock.span(epoch.earliest, min(epoch.latest, self.history.end + 60 * SECOND))
            # Moved, and edited before anybody looked: nobody has seen the trigger that it had in between.
            isMoved = self.clock.goes_back(epoch.earliest, epoch.latest)
            for time in times.between(first - 2 * SECOND, last + 2 * SECOND, isMoved):
                passings = self.clock.passings(time)
                inside = [moment for moment in passings
                          if epoch.begin + SLACK < moment < min(epoch.end, self.history.end) - SLACK]
                near = [moment for moment in passings if epoch.earliest - SLACK <= moment <= epoch.latest + SLACK]
                inside = [moment for moment in inside if not self.lies_ahead_again(time, moment, epoch)]
                # A clock that is set back shows times again at which the job was not there.
                if inside and time in times.between(time, time) and time > added[epoch.generation]:
                    certain[epoch.generation][time] += len(inside)
                if near:
                    perhaps[epoch.generation][time] += len(near)
                    if epoch.paused:
                        paused[epoch.generation].add(time)
        return certain, perhaps, paused

    def lies_ahead_again(self, time, passed, epoch):
        """Whether the clock was set back before busy servers had fired a time, and the epoch ended before it came again."""
        end = min(epoch.latest, self.history.end)
        return self.clock.shown(end) < time + SLACK and self.clock.goes_back(passed, min(passed + BUSY, end))

    def judge_occurrences(self, job):
        found = epochs(self.history, job)
        certain, perhaps, paused = self.due(found)
        runs, reasons = defaultdict(lambda: defaultdict(list)), defaultdict(lambda: defaultdict(list))
        for run in self.runs[job]:
            if run["kind"] == "scheduled" and run["attempt"] == 1:
                runs[run["generation"]][wall_time(run["scheduled"])].append(run)
        for reason in self.history.reasons.get(job, []):
            generation = reason["generation"]
            first, last = wall_time(reason["first"]), wall_time(reason["last"])
            times = sorted(perhaps[generation])
            held = times[bisect.bisect_left(times, first):bisect.bisect_right(times, last)]
            # Where the clock went back, those of several triggers lie between its ends: it is of the one that it fits.
            for epoch in found if len(held) != reason["count"] else []:
                own = [time for time in trigger(epoch.trigger).between(first, last) if time in perhaps[generation]]
                if epoch.generation == generation and len(own) == reason["count"] and own[0] == first \
                        and own[-1] == last:
                    held = own
            beyond = [time for time in (first, last) if time not in perhaps[generation]]
            if beyond:
                self.unexplained(f"{job}: {reason['reason']} from {reason['first']} to {reason['last']}: "
                                 "one of them was never due", first)
            # Times that were perhaps due at the ends of epochs may not have been.
            sure = [time for time in held if time in certain[generation]]
            if not len(sure) <= reason["count"] <= len(held):
                self.unexplained(f"{job}: {reason['reason']} from {reason['first']} to {reason['last']} is said of "
                                 f"{reason['count']} occurrences and holds {len(sure)} to {len(held)}", first)
            for time in held:
                reasons[generation][time].append(reason)
            self.verdict.reasons[reason["reason"]] += reason["count"]
        for generation in set(certain) | set(runs) | set(reasons):
            self.compare(job, certain[generation], perhaps[generation], paused[generation],
                         runs[generation], reasons[generation])

    def compare(self, job, certain, perhaps, paused, runs, reasons):
        self.verdict.occurrences += len(certain)
        for time in certain:
            if not runs.get(time) and not reasons.get(time):
                self.unexplained(f"{job}: the occurrence of {time} has neither run nor reason", time)
        for time, found in runs.items():
            if time not in perhaps:
                self.unexplained(f"{job}: {found[0]['id']} was never due", time)
        for time in set(runs) | set(reasons):
            filled = len({run["number"] for run in runs.get(time, [])}) + len(reasons.get(time, []))
            # An interval that moves with the clock passes a time again, and so does one that begins anew at it.
            if filled > max(perhaps.get(time, 1), 1):
                words = [run["id"] for run in runs.get(time, [])] + [row["reason"] for row in reasons.get(time, [])]
                self.verdict.accepted_twice.append(f"{job}: one occurrence, {self.when(time)}: {', '.join(words)}")
        for time, found in reasons.items():
            for reason in found:
                self.judge_reason(job, time, reason, paused)

    def judge_reason(self, job, time, reason, paused):
        """Whether a reason is true of an occurrence."""
        kind, facts = reason["reason"], self.history.jobs.get(job, {})
        moments = self.clock.passings(time)
        if kind not in KINDS:
            self.unexplained(f"{job}: a reason that is not known: {kind}", time)
        if not moments or any(self.clock.step_near(moment, 20 * SECOND) for moment in moments):
            return
        moment = moments[-1]
        # What nobody could fire before its job was paused is in the range that the pause skips.
        isHeldUp = wall_time(reason["last"]) in paused and self.faults_near(moment, 5 * SECOND)
        if kind == "skipped(jobPaused)" and time not in paused and not isHeldUp:
            self.unexplained(f"{job}: {kind} while it was not paused", time)
        if kind in ("skipped(instanceLimit)", "skipped(queueFull)", "skipped(replaced)"):
            if kind != {"skip": "skipped(instanceLimit)", "queue": "skipped(queueFull)",
                        "replace": "skipped(replaced)"}.get(facts.get("at_limit")):
                self.unexplained(f"{job}: {kind} of a job with at_limit {facts.get('at_limit')}", time)
        if kind == "skipped(instanceLimit)" and not self.was_at_limit(job, time, reason):
            self.unexplained(f"{job}: {kind} of {time}, and no run of the job was at work", time)
        if kind == "missed" and (facts.get("grace") is None or not self.faults_near(moment, 15 * SECOND)):
            self.unexplained(f"{job}: missed without a fault", time)
        if kind == "coalesced":
            later = [run for run in self.runs[job] if run["generation"] == reason["generation"]
                     and wall_time(run["scheduled"]) > wall_time(reason["last"]) and run["kind"] == "scheduled"]
            later += [row for row in self.history.reasons[job] if wall_time(row["first"]) > wall_time(reason["last"])]
            if not later:
                self.unexplained(f"{job}: coalesced into an occurrence that is not there", time)

    def was_at_limit(self, job, time, reason):
        judged = wall_time(reason["recorded"]) if time == wall_time(reason["last"]) else time + 2 * SECOND
        # A node that cannot write, or is frozen, says later that its run has ended; meanwhile others see it at work.
        moment = self.clock.passings(time)[-1]
        unwritten = BUSY if any(fault["kind"] in UNWRITTEN for fault in self.faults_near(moment, 3 * SECOND)) \
            else SLACK
        for run in self.runs[job]:
            began = min(wall_time(run["due"]), wall_time(run["available"]))
            ended = wall_time(run["finished"]) if run["finished"] else judged
            if began <= judged + SLACK and time <= ended + unwritten and wall_time(run["scheduled"]) != time:
                return True
        return False

    # Runs

    def judge_run(self, run):
        """Whether what became of a run is what its commands did."""
        facts, starts, ends = self.history.jobs.get(run["job"], {}), self.starts[run["id"]], self.ends[run["id"]]
        scheduled = wall_time(run["scheduled"])
        self.verdict.outcomes[run["outcome"] or run["state"]] += 1
        self.verdict.starts += len(starts)
        if run["outcome"] is None:
            # What came due while the servers drained waits for the next one.
            recent = self.clock.shown(self.history.end) - SECOND
            if run["state"] == "running" or run["state"] == "ready" and wall_time(run["available"]) < recent:
                self.unexplained(f"{run['id']} is {run['state']} and has no outcome", scheduled)
        if len(starts) > run["recoveries"] + 1:
            self.unexplained(f"{run['id']} began {len(starts)} times and was recovered {run['recoveries']} times",
                             scheduled)
        if run["outcome"] == "succeeded" and not ends:
            self.unexplained(f"{run['id']} succeeded, and its command never ended", scheduled)
        if run["outcome"] == "failed" and not (facts.get("status") and ends):
            self.unexplained(f"{run['id']} failed: {run['error']}", scheduled)
        if run["outcome"] == "timedOut":
            limit = facts.get("timeout")
            took = min((end["at"] - start["at"] for start in starts for end in ends
                        if end["server"] == start["server"]), default=None)
            if limit is None or took is not None and took < limit - SLACK:
                self.unexplained(f"{run['id']} is timedOut, and its command ended in time", scheduled)
        # Runs that nobody has taken go with their job.
        if run["outcome"] == "cancelled" and facts.get("at_limit") != "replace" \
                and not (self.was_removed(run) and not starts):
            self.unexplained(f"{run['id']} was cancelled, and nobody asked for it", scheduled)
        if run["outcome"] == "lost" and run["recoveries"] < 3 and facts.get("recovery") != "markLost" \
                and not self.was_removed(run):
            self.unexplained(f"{run['id']} is lost after {run['recoveries']} recoveries", scheduled)
        if starts and run["started"] and not self.clock.step_near(starts[-1]["at"] - 8 * SECOND, 8 * SECOND):
            late = self.clock.shown(starts[-1]["at"]) - wall_time(run["started"])
            # A server may be frozen between the two, and so may the one that the store is on.
            if late > 3 * SECOND and not any(
                    fault["kind"] == "stop" and fault["server"] == starts[-1]["server"]
                    or fault["kind"] in UNANSWERED
                    for fault in self.faults_near(starts[-1]["at"], SECOND)):
                self.unexplained(f"{run['id']} is said to have started {late / SECOND:.1f} s before its command",
                                 scheduled)
        if run["kind"] == "scheduled" and run["attempt"] > 1 + facts.get("retry", 0):
            self.verdict.accepted_twice.append(f"{run['id']} is an attempt more than the job may make")
        self.judge_takeover(run, starts)

    def was_removed(self, run):
        return any(action["kind"] == "remove" and action["job"] == run["job"] for action in self.history.actions)

    def judge_takeover(self, run, starts):
        """Whether a server began the command of a run after another one had begun it in its place."""
        nodes = [self.history.servers.get(start["server"], start["server"]) for start in starts]
        for i, start in enumerate(starts):
            others = [j for j in range(i) if nodes[j] != nodes[i]]
            if not others:
                continue
            # The last to begin is the one whose outcome counts; nobody takes a run while it is frozen.
            isStale = run["outcome"] is not None and i == len(starts) - 1 and nodes[i] != run["node"]
            frozen = any(fault["kind"] == "stop" and fault["server"] == start["server"]
                         and fault["from"] <= starts[j]["at"] <= fault["to"] <= start["at"] <= fault["to"] + SECOND
                         for fault in self.history.faults for j in others)
            if isStale or frozen and nodes[i] != run["node"]:
                self.verdict.after_takeover.append(
                    f"{run['id']}, {self.at(start['at'])}: {start['server']} began it after "
                    f"{starts[others[-1]]['server']} had")

    def judge_identities(self):
        for run, count in Counter(run["id"] for run in self.history.runs).items():
            if count > 1:
                self.verdict.accepted_twice.append(f"{run} is there {count} times")
        told = defaultdict(set)
        for line in self.history.told:
            told[line["run"]].add((line["server"], line["outcome"]))
        rows = {run["id"]: run for run in self.history.runs}
        for run, lines in told.items():
            if len(lines) > 1:
                self.verdict.accepted_twice.append(f"{run} has outcomes of several servers: {sorted(lines)}")
            outcomes = {outcome for _, outcome in lines}
            if run in rows and rows[run]["outcome"] not in outcomes:
                self.verdict.accepted_twice.append(f"{run} is {rows[run]['outcome']}, and was told as {outcomes}")
            if run not in rows:
                self.unexplained(f"{run} was told as {outcomes} and is not in the history")
        for run in set(self.starts) - set(rows):
            self.unexplained(f"{run}: a command began, and there is no such run, {self.at(self.starts[run][0]['at'])}")

    def judge_requests(self):
        """Whether there is a run for each that was asked for, and no other."""
        asked = Counter(action["run"] for action in self.history.actions if action["kind"] == "run" and action["done"])
        unsure = {action["job"] for action in self.history.actions if action["kind"] == "run" and not action["done"]}
        there = {run["id"]: run for run in self.history.runs}
        for run in asked:
            if run not in there:
                self.unexplained(f"{run} was asked for and is not there")
        for run in there.values():
            if run["kind"] != "scheduled" and run["id"] not in asked and run["job"] not in unsure \
                    and run["attempt"] == 1:
                self.unexplained(f"{run['id']} was not asked for")

    def judge_neighbours(self):
        """Whether commands of a job with one instance ran beside each other without a fault."""
        spans = defaultdict(list)
        for run, starts in self.starts.items():
            job = run.split("/")[0]
            if self.history.jobs.get(job, {}).get("limit", 1) == 1:
                for start in starts:
                    end = min((end["at"] for end in self.ends[run]
                               if end["server"] == start["server"] and end["at"] >= start["at"]), default=None)
                    if end is not None:
                        spans[job].append((start["at"], end, run, start["server"]))
        for job, found in spans.items():
            found.sort()
            for (_, end, run, server), (begin, _, other, _) in zip(found, found[1:]):
                # A frozen server's command goes on while another server has taken its run over.
                excused = any(fault["server"] in (server, None) and fault["kind"] != "reload"
                              and fault["from"] <= end and fault["to"] >= begin - 60 * SECOND
                              for fault in self.history.faults)
                if begin < end and run != other and not excused:
                    self.unexplained(f"{job}: {other} began before {run} had ended, {self.at(begin)}")

    def unexplained(self, text, time=None):
        self.verdict.unexplained.append(text + (f", {self.when(time)}" if time is not None else ""))
