#!/usr/bin/env python3
"""When triggers are due, by an arithmetic of its own. All times are whole microseconds; wall times count from 1970 UTC."""
import bisect
import functools
import re
from datetime import datetime

SECOND = 1_000_000
UNITS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


@functools.cache
def wall_time(text):
    """Microseconds since 1970 of an RFC 3339 time with up to six digits of fraction."""
    whole, fraction, zone = re.fullmatch(r"(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)", text).groups()
    seconds = int(datetime.fromisoformat(whole + zone.replace("Z", "+00:00")).timestamp())
    return seconds * SECOND + int((fraction or "0").ljust(6, "0"))


class Interval:
    def __init__(self, anchor, period):
        self.anchor, self.period = anchor, period

    def between(self, first, last, isMoved=False):
        """The due times from `first` through `last`; where it moves with the clock, also those before its start."""
        steps = -((self.anchor - first) // self.period)
        steps = steps if isMoved else max(0, steps)
        return range(self.anchor + steps * self.period, last + 1, self.period)


class Cron:
    """Crontab text of six fields in UTC; the last three may only be `*`, since shows last for minutes."""

    def __init__(self, text):
        fields = text.split()
        if len(fields) != 6 or fields[3:] != ["*"] * 3:
            raise ValueError(f"no cron text that is known here: {text}")
        self.seconds, self.minutes = self.values(fields[0], 60), self.values(fields[1], 60)
        self.hours = self.values(fields[2], 24)
        # How far apart two due times are at most, as far as seconds tell.
        self.period = max(b - a for a, b in zip(self.seconds, self.seconds[1:] + [self.seconds[0] + 60])) * SECOND

    @staticmethod
    def values(field, size):
        found = set()
        for part in field.split(","):
            span, _, step = part.partition("/")
            first, _, last = ("0", "-", str(size - 1)) if span == "*" else span.partition("-")
            found.update(range(int(first), int(last or first) + 1, int(step or 1)))
        return sorted(found)

    def between(self, first, last, isMoved=False):
        times = []
        for minute in range(first // SECOND // 60, last // SECOND // 60 + 1):
            if minute % 60 in self.minutes and minute // 60 % 24 in self.hours:
                times += [(minute * 60 + second) * SECOND for second in self.seconds]
        return times[bisect.bisect_left(times, first):bisect.bisect_right(times, last)]


def trigger(form):
    """A trigger of the command's JSON."""
    if form["type"] == "interval":
        period = sum(form.get(unit, 0) * size for unit, size in UNITS.items())
        return Interval(wall_time(form["start_date"]), int(period * SECOND))
    return Cron(form["expression"])


class WallClock:
    """What the wall clock showed: `steps` are pairs of a monotonic time and of what has to be added from then on."""

    def __init__(self, steps, end):
        self.segments = [(begin, steps[i + 1][0] if i + 1 < len(steps) else end, shift)
                         for i, (begin, shift) in enumerate(steps)]

    def shown(self, monotonic):
        shift = next((shift for begin, _, shift in reversed(self.segments) if begin <= monotonic),
                     self.segments[0][2])
        return monotonic + shift

    def passings(self, time):
        """The monotonic times at which it reached or jumped over a time."""
        found = []
        for i, (begin, end, shift) in enumerate(self.segments):
            if begin <= time - shift < end:
                found.append(time - shift)
            elif i and begin + self.segments[i - 1][2] <= time < begin + shift:
                found.append(begin)
        return found

    def span(self, first, last):
        """The earliest and the latest time that it showed between two monotonic times."""
        shown = [self.shown(first), self.shown(last)]
        for i, (begin, _, shift) in enumerate(self.segments):
            if i and first <= begin <= last:
                shown += [begin + shift, begin + self.segments[i - 1][2]]
        return min(shown), max(shown)

    def goes_back(self, first, last):
        """Whether it was set back between two monotonic times."""
        return any(i and first <= begin <= last and shift < self.segments[i - 1][2]
                   for i, (begin, _, shift) in enumerate(self.segments))

    def step_near(self, monotonic, distance):
        return any(i and abs(begin - monotonic) <= distance for i, (begin, _, _) in enumerate(self.segments))
