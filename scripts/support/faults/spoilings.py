#!/usr/bin/env python3
"""Ways to spoil a history, each of which the checker must notice."""
import json
import random
from dataclasses import asdict

from due_times import SECOND, wall_time
from history import History
from made_up import made_up, text
from verdict import UNWRITTEN, Judge


# The wall times just before and after each step of the clock, and those between which a store or a server did not
# answer: near them the checker excuses much.
steps, silences = [], []


def pick(rows, wanted=lambda row: True):
    """The row that is farthest from what excuses much, or out of the middle where there is nothing of that."""
    found = [row for row in rows if wanted(row)]
    middle = found[len(found) // 2:] + found[:len(found) // 2]
    return max(middle, key=distance, default=None)


def distance(row):
    """How far a row is from steps of the clock, and from silences."""
    row = row[1] if isinstance(row, tuple) else row
    text = row.get("scheduled") or row.get("last")
    if not text:
        return 0, 0
    time = wall_time(text)
    # Farther than the checker excuses is far enough.
    return (min([25 * SECOND] + [abs(time - step) for step in steps]),
            min([6 * SECOND] + [max(first - time, time - last, 0) for first, last in silences]))


def plain(row):
    """A run of a job that nobody changes, well inside the show."""
    return row["job"].startswith("plain") and row["kind"] == "scheduled" and row["outcome"] == "succeeded"


def all_reasons(history):
    return [(job, row) for job, rows in sorted(history.reasons.items()) for row in rows]


def pick_reason(history, kind=None):
    """A reason of a job that is never edited, from before the end of the show."""
    end = history.end + history.clock[-1][1] - SECOND
    return pick(all_reasons(history), lambda pair: not pair[0].startswith(("outside", "changing", "coming"))
                and kind in (None, pair[1]["reason"]) and wall_time(pair[1]["last"]) < end)


def run_removed(history):
    history.runs.remove(pick(history.runs, plain))


def run_doubled(history):
    history.runs.append(dict(pick(history.runs, plain)))


def run_shifted(history):
    run = pick(history.runs, plain)
    moved = text(wall_time(run["scheduled"]) + SECOND // 2)
    run["id"], run["scheduled"] = run["id"].replace(run["scheduled"], moved), moved


def run_of_another_number(history):
    run = dict(pick(history.runs, plain))
    run["number"] += 7
    run["id"] = run["id"].replace("/scheduled/", "/scheduled/7")
    history.runs.append(run)
    for command in [command for command in history.commands if command["run"] == pick(history.runs, plain)["id"]]:
        history.commands.append({**command, "run": run["id"]})


def reason_removed(history):
    job, reason = pick_reason(history)
    history.reasons[job].remove(reason)


def reason_doubled(history):
    job, reason = pick_reason(history)
    history.reasons[job].append(dict(reason))


def reason_widened(history):
    _, reason = pick_reason(history)
    reason["last"] = text(wall_time(reason["last"]) + 60 * SECOND)
    reason["count"] += 60


def reason_over_a_run(history):
    run = pick(history.runs, plain)
    history.reasons.setdefault(run["job"], []).append({
        "reason": "skipped(instanceLimit)", "count": 1, "first": run["scheduled"], "last": run["scheduled"],
        "generation": run["generation"], "recorded": run["scheduled"]})


def reason_of_another_kind(history):
    _, reason = pick_reason(history)
    reason["reason"] = "skipped(jobPaused)"


def run_made_a_reason(history):
    run = pick(history.runs, plain)
    history.runs.remove(run)
    history.commands = [command for command in history.commands if command["run"] != run["id"]]
    history.told = [line for line in history.told if line["run"] != run["id"]]
    history.reasons.setdefault(run["job"], []).append({
        "reason": "skipped(instanceLimit)", "count": 1, "first": run["scheduled"], "last": run["scheduled"],
        "generation": run["generation"], "recorded": run["scheduled"]})


def outcome_doubled(history):
    line = pick(history.told)
    history.told.append({**line, "server": "server-9.1"})


def outcome_taken_away(history):
    pick(history.runs, plain).update(outcome=None, state="running", finished=None)


def outcome_changed(history):
    pick(history.runs, plain).update(outcome="timedOut")


def start_said_to_be_earlier(history):
    run = pick(history.runs, plain)
    run["started"] = text(wall_time(run["started"]) - 5 * SECOND)


def end_of_command_removed(history):
    run = pick(history.runs, plain)
    history.commands = [command for command in history.commands
                        if command["run"] != run["id"] or command["kind"] != "E"]


def start_after_takeover(history):
    run = pick(history.runs, plain)
    last = max(command["at"] for command in history.commands if command["run"] == run["id"])
    other = next(name for name, node in sorted(history.servers.items()) if node != run["node"])
    run["recoveries"] += 1
    history.commands.append({"kind": "S", "run": run["id"], "server": other, "at": last + 1000})


def start_without_recovery(history):
    run = pick(history.runs, plain)
    start = next(command for command in history.commands if command["run"] == run["id"])
    history.commands.append({**start, "at": start["at"] + 1000})


def silence(history):
    run = pick(history.runs, plain)
    begin = wall_time(run["scheduled"])
    history.runs = [row for row in history.runs if row["job"] != run["job"]
                    or not begin <= wall_time(row["scheduled"]) < begin + 10 * SECOND]


def manual_run_removed(history):
    run = pick(history.runs, lambda row: row["kind"] == "manual")
    if run:
        history.runs.remove(run)
    return run is not None


# Each with the count that must be higher then: unexplained, accepted twice, begun after a takeover.
SPOILINGS = [
    (run_removed, 0), (run_doubled, 1), (run_shifted, 0), (run_of_another_number, 1), (reason_removed, 0),
    (reason_doubled, 1), (reason_widened, 1), (reason_over_a_run, 1), (reason_of_another_kind, 0),
    (run_made_a_reason, 0), (outcome_doubled, 1), (outcome_taken_away, 0), (outcome_changed, 0),
    (start_said_to_be_earlier, 0),
    (end_of_command_removed, 0), (start_after_takeover, 2), (start_without_recovery, 0), (silence, 0),
    (manual_run_removed, 0),
]


def spoil_all(history=None, quiet=False):
    """Spoils a history, or one that is made up, in every way. Answers the ways that were not noticed."""
    history = history or made_up()
    before, missed = Judge(history).judge(), []
    steps[:] = [begin + shift for pair in zip(history.clock, history.clock[1:])
                for begin, shift in ((pair[1][0], pair[0][1]), pair[1])]
    silences[:] = [tuple(end + next(shift for begin, shift in reversed(history.clock) if begin <= end)
                         for end in (fault["from"], fault["to"]))
                   for fault in history.faults if fault["kind"] in UNWRITTEN]
    if not quiet:
        print("unspoilt: %d unexplained, %d accepted twice, %d begun after a takeover" % before.counts)
        for finding in before.unexplained + before.accepted_twice + before.after_takeover:
            print("  ", finding)
        if any(before.counts):
            missed.append("an unspoilt history is clean")
    kept = json.dumps(asdict(history))
    for spoiling, count in SPOILINGS:
        spoilt = History(**json.loads(kept))
        name = spoiling.__name__.replace("_", " ")
        if spoiling(spoilt) is False:
            continue
        after = Judge(spoilt).judge()
        isNoticed = after.counts[count] > before.counts[count]
        if not isNoticed:
            missed.append(name)
        if not quiet:
            print(f"{name}: {'noticed' if isNoticed else 'NOT NOTICED'}, %d, %d, %d" % after.counts)
    if not quiet:
        print(f"{len(SPOILINGS)} ways to spoil it, {len(missed)} failures")
    return missed
