#!/usr/bin/env python3
"""What a show leaves to be judged: plain lists and dictionaries, so that it can be kept as JSON and spoilt.

  clock      [[monotonic time, what the wall clock shows beyond it from then on], …]
  end        the monotonic time by which what was due must be accounted for
  jobs       {id: {"limit", "at_limit", "grace", "timeout", "status"}}, what the job file and the commands gave
  snapshots  [{"before", "after", "jobs": {id: row of `jobs list`}}, …], read between two monotonic times
  actions    [{"kind", "job", "from", "to", "done", "run"}, …], what was asked for from outside
  faults     [{"kind", "server", "from", "to"}, …]
  servers    {name: node}; a server that was started again is another one
  commands   [{"kind": "S" or "E", "run", "server", "at"}, …], what the commands wrote, in that order
  runs       rows of `runs list`
  reasons    {id: rows of `runs why --through`}
  told       [{"run", "outcome", "server"}, …], what the servers wrote of ended runs
"""
import json
from dataclasses import asdict, dataclass, field


@dataclass
class History:
    clock: list
    end: int
    jobs: dict
    snapshots: list = field(default_factory=list)
    actions: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    servers: dict = field(default_factory=dict)
    commands: list = field(default_factory=list)
    runs: list = field(default_factory=list)
    reasons: dict = field(default_factory=dict)
    told: list = field(default_factory=list)

    def write(self, path):
        with open(path, "w") as file:
            json.dump(asdict(self), file)

    @staticmethod
    def read(path):
        with open(path) as file:
            return History(**json.load(file))


# Later than any show ends.
AFTER_ALL = 1 << 60


@dataclass
class Epoch:
    """A stretch of monotonic time in which a job had one definition and was or was not paused.

    It began between `earliest` and `begin` and ended between `end` and `latest`; inside it is certain.
    """
    generation: int
    version: int
    trigger: dict
    paused: bool
    earliest: int
    begin: int
    end: int
    latest: int
    removed: bool = False


def is_moved(before, row):
    """Whether a trigger is the one before with another start."""
    same = [{key: value for key, value in form["trigger"].items() if key != "start_date"} for form in (before, row)]
    return before["generation"] == row["generation"] and same[0] == same[1]


def epochs(history, job):
    """The epochs of a job, in order."""
    found, previous, row_before = [], None, None
    for snapshot in history.snapshots:
        row = snapshot["jobs"].get(job)
        key = row and (row["generation"], row["version"], row["paused_since"] is not None, str(row["trigger"]))
        before = row_before and (row_before["generation"], row_before["version"],
                                 row_before["paused_since"] is not None, str(row_before["trigger"]))
        if key != before:
            first, last = (previous["before"] if previous else history.clock[0][0]), snapshot["after"]
            causes = [action for action in history.actions
                      if action["job"] in (job, None) and action["from"] <= last and action["to"] >= first]
            if len(causes) == 1:
                first, last = max(first, causes[0]["from"]), min(last, causes[0]["to"])
            if row and row_before and is_moved(row_before, row) and not any(action["job"] == job for action in causes):
                # An interval that moves with the clock names times from the step on, however late that is written.
                first = max((begin for begin, _ in history.clock[1:] if begin <= last), default=first)
            if row_before:
                found[-1].end, found[-1].latest = first, last
                found[-1].removed = row is None or row["generation"] != row_before["generation"]
            if row:
                found.append(Epoch(row["generation"], row["version"], row["trigger"],
                                   row["paused_since"] is not None, first, last, AFTER_ALL, AFTER_ALL))
        previous, row_before = snapshot, row
    return found
