#!/usr/bin/env python3
"""A show: servers on one store, a seeded plan of faults, and what is left of it, as a history."""
import json
import os
import random
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time

from due_times import SECOND, trigger
from history import History
from store_server import SCRIPTS, StoreServer

HERE = os.path.dirname(os.path.realpath(__file__))
LEASE = 3
# Jobs of the file, with what is unusual about them. Each has an interval of a second unless it says otherwise.
PLAIN = 30
SPECIAL = {
    "third": {"milliseconds": 330},
    "slow": {"milliseconds": 1400},
    "queueing": {"milliseconds": 1100, "at_limit": "queue", "seconds": 2},
    "pair": {"milliseconds": 1200, "limit": 2},
    "graceful": {"grace": 5 * SECOND},
    "every": {"coalesce": "all", "limit": 3, "at_limit": "queue"},
    "earliest": {"coalesce": "earliest"},
    "marking": {"recovery": "markLost", "milliseconds": 200},
    "timed": {"milliseconds": 300, "timeout": 1 * SECOND},
    "retried": {"status": 75, "retry": 1},
    "urgent": {"priority": 5},
    "cron-every": {"cron": "* * * * * *"},
    "cron-even": {"cron": "*/2 * * * * *"},
    "cron-some": {"cron": "5,10,15-40/3,55 * * * * *"},
}
# Jobs of the file whose interval, or whose being there, changes with each reload.
CHANGING = ["changing-1", "changing-2", "changing-3"]
COMING = ["coming-1", "coming-2"]
# Jobs that are added, edited, paused and removed from outside.
OUTSIDE = [f"outside-{i}" for i in range(1, 11)]
KINDS = ["kill", "stop", "terminate", "reload", "lock", "clock", "kill", "stop"]
# Those of a store in a file, and of one on a server.
FILE_KINDS, SERVER_KINDS = ["disk"], ["restart", "freeze", "cut"]
# While these last, and some time after, a store may not answer.
STORE_KINDS = ["lock"] + FILE_KINDS + SERVER_KINDS
EDITS = ["pause", "edit", "remove", "run", "run"]


def monotonic():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


class Server:
    """One of the servers, in each of its lives."""

    def __init__(self, show, number):
        self.show, self.number, self.life, self.process = show, number, 0, None
        self.busy = threading.Lock()

    def start(self):
        self.life += 1
        self.name = f"server-{self.number}.{self.life}"
        environment = {**self.show.environment, "FAULTS_SERVER": self.name}
        with open(self.path("out"), "w") as out, open(self.path("err"), "w") as err:
            self.process = subprocess.Popen(self.show.serve, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            env=environment, cwd=self.show.folder)
        self.show.names.append(self.name)

    def path(self, stream):
        return os.path.join(self.show.folder, f"{self.name}.{stream}")

    def has_ended(self):
        return self.process.poll() is not None


class Show:
    def __init__(self, options, seed, folder):
        self.options, self.folder = options, folder
        self.random = random.Random(seed)
        self.names, self.errors, self.skipped, self.done = [], [], set(), []
        self.lock = threading.Lock()
        self.version = 0
        self.build()
        self.disk = self.database = None
        self.open_store()
        self.kinds = [kind for kind in KINDS + (SERVER_KINDS if self.database else FILE_KINDS)
                      if options.faults is None or kind in options.faults]
        self.store_busy = threading.Lock()
        self.config = f"{folder}/jobs.yaml"
        self.serve = [options.binary, "serve", "--config", self.config, "--store", self.store, "--log-format", "json"]
        # Between the wall clock and the monotonic one, from now on only moved by the shift.
        self.base = time.clock_gettime_ns(time.CLOCK_REALTIME) // 1000 - monotonic()
        self.clock = os.open(f"{folder}/clock", os.O_RDWR | os.O_CREAT, 0o600)
        self.shift = 0
        os.pwrite(self.clock, struct.pack("=q", 0), 0)
        self.environment = {**os.environ, "FAULTS_CLOCK": f"{folder}/clock", "LD_PRELOAD": f"{folder}/clock.so"}
        self.history = History(clock=[[monotonic(), self.base]], end=0, jobs={})
        self.servers = [Server(self, i + 1) for i in range(options.servers)]

    def build(self):
        for source, target, flags in (("clock.c", "clock.so", ["-shared", "-fPIC"]), ("mark.c", "mark", [])):
            subprocess.run(["cc", "-O2", "-o", f"{self.folder}/{target}", *flags, f"{HERE}/{source}", "-ldl",
                            "-lpthread"], check=True)

    @property
    def file(self):
        """The path of the store where it is a file."""
        return re.sub("^sqlite://(/)?", r"", self.store) if self.store.startswith("sqlite:") else None

    def open_store(self):
        """Finds the store: the one that is named, on a server of its own, or in a file of its own."""
        named = self.options.store
        if named in SCRIPTS:
            # A server that root starts runs as another user.
            os.chmod(self.folder, 0o755)
            self.database = StoreServer.start(named, f"{self.folder}/server")
        elif named and re.match("postgres|mysql|mariadb", named):
            self.database = StoreServer(named, self.options.server)
            if self.database.obstacle:
                for kind in ("lock", "cut"):
                    self.skip(kind, self.database.obstacle)
            if not self.options.server:
                for kind in ("restart", "freeze"):
                    self.skip(kind, "--server does not say which folder the server is in")
        elif not named:
            self.disk = self.mount()
        else:
            self.skip("disk", "the store is given by --store")
        self.store = self.database.url if self.database else named or f"sqlite:///{self.folder}/disk/jobs.sqlite"

    def mount(self):
        """A small file system for the store, so that it can be filled."""
        os.makedirs(f"{self.folder}/disk")
        if os.geteuid() != 0:
            return self.skip("disk", "only root may mount a small file system")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "faults", f"{self.folder}/disk"],
                                 capture_output=True, text=True)
        if mounted.returncode:
            return self.skip("disk", mounted.stderr.strip())
        return f"{self.folder}/disk"

    def skip(self, kind, reason):
        if kind not in self.skipped:
            print(f"no fault of the kind '{kind}': {reason}", flush=True)
        self.skipped.add(kind)

    # Jobs

    def facts(self, job, milliseconds=5, limit=1, at_limit="skip", seconds=1, cron=None, **others):
        self.history.jobs[job] = {"limit": limit, "at_limit": at_limit, **others}
        self.periods[job] = cron or seconds
        return milliseconds

    def command(self, job, milliseconds):
        words = [f"{self.folder}/mark", f"{self.folder}/commands", str(milliseconds)]
        status = self.history.jobs[job].get("status")
        return words + ([str(status)] if status else [])

    def write_file(self):
        """The job file, another one each time."""
        jobs = {f"plain-{i}": {} for i in range(1, PLAIN + 1)} | SPECIAL
        jobs |= {job: {"seconds": 1 + (self.version + i) % 2} for i, job in enumerate(CHANGING)}
        jobs |= {job: {} for i, job in enumerate(COMING) if (self.version + i) % 2 == 0}
        self.periods = {job: 1 for job in OUTSIDE}
        entries = []
        for job, facts in jobs.items():
            command = self.command(job, self.facts(job, **facts))
            entry = {"id": job, "command": command}
            entry |= {"cron": facts["cron"]} if "cron" in facts else {
                "trigger": "interval", "seconds": facts.get("seconds", 1)}
            names = {"limit": "max_instances", "at_limit": "at_limit", "coalesce": "coalesce",
                     "recovery": "recovery", "priority": "priority"}
            entry |= {names[key]: value for key, value in facts.items() if key in names}
            entry |= {key: facts[fact] // SECOND for fact, key in
                      (("grace", "misfire_grace_time"), ("timeout", "timeout")) if fact in facts}
            entry |= {"retry": {"count": facts["retry"], "delay": 1}} if "retry" in facts else {}
            entries.append(entry)
        content = {"state": "state", "lease": LEASE, "shutdown_deadline": 5, "log": {"level": "info"},
                   "job_defaults": {"history": {"runs": 100000}}, "jobs": entries}
        with open(self.config + ".new", "w") as file:
            json.dump(content, file, indent=1)
        os.rename(self.config + ".new", self.config)

    # What is asked of the command

    def carillon(self, *words, timeout=60):
        command = [self.options.binary, *words[:2], "--store", self.store, "--json", *words[2:]]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, cwd=self.folder,
                              timeout=timeout)

    def rows(self, *words):
        """The rows that the command answers; it is asked again while the store does not answer."""
        for _ in range(120):
            answer = self.carillon(*words)
            if answer.returncode == 0:
                return json.loads(answer.stdout)
            time.sleep(0.5)
        sys.exit(f"carillon {' '.join(words)} does not answer: {answer.stderr}")

    def look(self):
        before = monotonic()
        jobs = {row["id"]: row for row in self.rows("jobs", "list", "--limit", "100000")}
        kept = ("generation", "version", "state", "paused_since", "trigger", "policies")
        for row in jobs.values():
            if row["state"] == "unreadable":
                self.errors.append(f"a job became unreadable: {row}")
        self.history.snapshots.append({"before": before, "after": monotonic(), "jobs": {
            job: {key: row[key] for key in kept} for job, row in jobs.items() if row["state"] != "unreadable"}})
        return jobs

    def act(self, kind, job, *words):
        """One change from outside, and what the jobs are like after it."""
        begin = monotonic()
        answer = self.carillon("jobs", kind, job, *words)
        row = json.loads(answer.stdout) if answer.returncode == 0 and kind == "run" else {}
        action = {"kind": kind, "job": job, "from": begin, "to": monotonic(), "done": answer.returncode == 0,
                  "run": row.get("id")}
        self.history.actions.append(action)
        self.done.append(kind if answer.returncode == 0 else f"{kind} refused ({answer.returncode})")
        self.look()
        if not action["done"]:
            # What a frozen server was told before the command gave up is done once it goes on.
            action["to"] = monotonic()
        return action["done"]

    def until(self, *words):
        """A change that is asked for until it is made."""
        for _ in range(60):
            if self.act(*words):
                return
            job = self.history.snapshots[-1]["jobs"].get(words[1])
            if words[0] == "add" and job or words[0] == "resume" and job and job["state"] != "paused":
                return
            time.sleep(1)
        self.errors.append(f"jobs {' '.join(words[:2])} was refused for a minute")

    def add(self, job):
        self.facts(job)
        self.until("add", job, "--every", "1s", "--history-runs", "100000", "--if-exists", "keep", "--",
                   *self.command(job, 5))

    def edit(self):
        """Something that a person does to a job."""
        kind, job = self.random.choice(EDITS), self.random.choice(OUTSIDE)
        pause = self.random.uniform(0.5, 4)
        if kind == "pause":
            if self.act("pause", job):
                time.sleep(pause)
            self.until("resume", job)
        elif kind == "edit":
            self.act("edit", job, "--every", self.random.choice(["1s", "2s"]))
        elif kind == "remove":
            self.act("remove", job)
            time.sleep(pause / 2)
            self.add(job)
        else:
            self.act("run", self.random.choice([job, "plain-1", "slow", "cron-every"]))

    # Faults

    def during(self, kind, server, body):
        fault = {"kind": kind, "server": server, "from": monotonic(), "to": monotonic() + 3600 * SECOND}
        with self.lock:
            self.history.faults.append(fault)
            self.done.append(kind)
        try:
            body()
        finally:
            fault["to"] = monotonic()

    def restart(self, server, pause):
        time.sleep(pause)
        server.start()
        self.wait_until_it_serves(server)

    def wait_until_it_serves(self, server):
        for attempt in range(600):
            if server.has_ended():
                with open(server.path("err")) as err:
                    text = err.read()[-500:]
                # A store that is locked or full for long cannot be opened, as the server says; it is started again.
                if server.process.returncode != 69 or not any(
                        fault["kind"] in STORE_KINDS and fault["to"] > monotonic() - 30 * SECOND
                        for fault in self.history.faults):
                    self.errors.append(f"{server.name} ended at its start with {server.process.returncode}: {text}")
                self.done.append("started again")
                server.start()
            with open(server.path("out")) as out:
                if '"event":"started"' in out.read(65536):
                    return
            time.sleep(0.1)
        self.errors.append(f"{server.name} does not serve after a minute")

    def fault_kill(self, server, pause):
        def body():
            server.process.kill()
            server.process.wait()
            self.restart(server, pause)
        self.during("kill", server.name, body)

    def fault_stop(self, server, pause):
        def body():
            server.process.send_signal(signal.SIGSTOP)
            time.sleep(LEASE + 1 + pause)
            server.process.send_signal(signal.SIGCONT)
        self.during("stop", server.name, body)

    def fault_terminate(self, server, pause):
        def body():
            server.process.send_signal(signal.SIGTERM)
            try:
                status = server.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.errors.append(f"{server.name} did not end within a minute of SIGTERM")
                server.process.kill()
                status = server.process.wait()
            if status:
                self.errors.append(f"{server.name} ended with status {status} after SIGTERM")
            self.restart(server, pause)
        self.during("terminate", server.name, body)

    def fault_reload(self, server, pause):
        def body():
            begin = monotonic()
            self.version += 1
            self.write_file()
            wanted = {job: self.periods.get(job) for job in CHANGING + COMING}
            for attempt in range(150):
                # A store that is locked or full makes a server refuse the file, as it says; it is asked again.
                if attempt % 10 == 0:
                    server.process.send_signal(signal.SIGHUP)
                jobs = self.look()
                there = {job: (jobs[job]["trigger"]["seconds"] if job in jobs else None) for job in wanted}
                if there == wanted:
                    break
                time.sleep(0.3)
            else:
                self.errors.append(f"{server.name} has not read the changed file in a minute of SIGHUPs")
            for job in wanted:
                self.history.actions.append({"kind": "reload", "job": job, "from": begin, "to": monotonic(),
                                             "done": True, "run": None})
        self.during("reload", server.name, body)

    def fault_restart(self, server, pause):
        # In good order, or as in a crash.
        self.on_database("restart", lambda: self.database.restart("fast" if pause < 1.5 else "immediate", pause))

    def fault_freeze(self, server, pause):
        self.on_database("freeze", lambda: self.database.freeze(6 + pause))

    def fault_cut(self, server, pause):
        self.on_database("cut", self.database.cut)

    def on_database(self, kind, body):
        """One fault of the database server at a time; it answers again when the fault is over."""
        if kind not in self.skipped:
            with self.store_busy:
                self.during(kind, None, body)

    def fault_lock(self, server, pause):
        if self.database:
            return self.on_database("lock", lambda: self.database.lock(8))
        if not self.file:
            return self.skip("lock", "the store is no file")

        def body():
            database = sqlite3.connect(self.file, timeout=60, isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            time.sleep(8)
            database.execute("ROLLBACK")
            database.close()
        self.during("lock", None, body)

    def fault_disk(self, server, pause):
        if not self.disk:
            return

        def body():
            file = os.open(f"{self.disk}/filling", os.O_WRONLY | os.O_CREAT)
            try:
                end = time.monotonic() + 3 + pause
                while time.monotonic() < end:
                    try:
                        # What a checkpoint gives back is taken as well.
                        while os.write(file, bytes(4096)):
                            pass
                    except OSError:
                        time.sleep(0.02)
            finally:
                os.ftruncate(file, 0)
                os.close(file)
            os.unlink(f"{self.disk}/filling")
        self.during("disk", None, body)

    def fault_clock(self, server, pause):
        step = self.random.choice([-40, -15, -5, -2, 3, 12, 45]) * SECOND
        # There and back again: what ran in between never runs again.
        returns = self.random.random() < 0.5

        def body():
            self.set_clock(step)
            if returns:
                time.sleep(2 + pause)
                self.set_clock(-step)
        self.during("clock", None, body)

    def set_clock(self, step):
        begin = monotonic()
        self.shift += step
        os.pwrite(self.clock, struct.pack("=q", self.shift * 1000), 0)
        end = monotonic()
        self.history.clock.append([end, self.base + self.shift])
        self.done.append(f"clock {step // SECOND:+} s")
        # An interval that moves with the clock is another version of its job.
        time.sleep(1.5)
        self.look()
        self.history.actions.append({"kind": "clock", "job": None, "from": begin, "to": monotonic(), "done": True,
                                     "run": None})

    # The show

    def run(self, progress):
        self.write_file()
        self.servers[0].start()
        self.wait_until_it_serves(self.servers[0])
        for server in self.servers[1:]:
            server.start()
            self.wait_until_it_serves(server)
        self.look()
        for job in OUTSIDE:
            self.add(job)
        begin, deck, threads = monotonic(), [], []
        while True:
            count = self.count()
            elapsed = (monotonic() - begin) / SECOND
            progress(count, elapsed, self.done[-3:])
            enough = count >= self.options.occurrences if not self.options.minutes \
                else elapsed >= 60 * self.options.minutes
            if enough and not deck and set(self.done) >= set(self.kinds) - self.skipped:
                break
            if not deck:
                deck = list(self.kinds)
                self.random.shuffle(deck)
            server = self.random.choice(self.servers)
            pause, kind = self.random.uniform(0, 3), deck[-1] if deck else None
            threads = [thread for thread in threads if thread.is_alive()]
            # One fault that changes jobs at a time, so that it is known when each change was made.
            if kind is None:
                pass
            elif kind in ("reload", "clock"):
                deck.pop()
                if server.busy.acquire(blocking=False):
                    getattr(self, f"fault_{kind}")(server, pause)
                    server.busy.release()
                else:
                    deck.insert(0, kind)
            elif len(threads) < 2 and server.busy.acquire(blocking=False):
                deck.pop()
                threads.append(threading.Thread(target=self.in_background, args=(kind, server, pause)))
                threads[-1].start()
            self.check_servers()
            self.edit()
            time.sleep(self.random.uniform(0, 1.5))
        for thread in threads:
            thread.join()
        self.settle(progress)

    def in_background(self, kind, server, pause):
        try:
            getattr(self, f"fault_{kind}")(server, pause)
        except Exception as error:
            self.errors.append(f"the fault '{kind}' failed: {error!r}")
        finally:
            server.busy.release()

    def check_servers(self):
        for server in self.servers:
            if server.busy.acquire(blocking=False):
                if server.has_ended():
                    with open(server.path("err")) as err:
                        self.errors.append(f"{server.name} ended by itself with {server.process.returncode}: "
                                           f"{err.read()[-500:]}")
                    self.during("ended", server.name, lambda: self.restart(server, 0))
                server.busy.release()

    def count(self):
        """About how many occurrences have been due."""
        elapsed = (monotonic() - self.history.clock[0][0]) / SECOND
        jobs = self.history.snapshots[-1]["jobs"]
        return int(sum(elapsed * SECOND / trigger(row["trigger"]).period for row in jobs.values()))

    def settle(self, progress):
        """Lets the servers finish, ends them, and reads what is left."""
        progress(self.count(), 0, ["settling"])
        time.sleep(3 * LEASE + 6)
        self.look()
        self.history.end = monotonic() - 4 * SECOND
        for server in self.servers:
            server.process.send_signal(signal.SIGTERM)
        for server in self.servers:
            try:
                status = server.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                server.process.kill()
                status = "none within a minute"
            if status != 0:
                self.errors.append(f"{server.name} ended with status {status} at the end")
        self.collect()

    def collect(self):
        history = self.history
        history.runs = self.rows("runs", "list", "--limit", "1000000")
        jobs = {job for snapshot in history.snapshots for job in snapshot["jobs"]}
        for job in sorted(jobs):
            history.reasons[job] = self.reasons(job)
        with open(f"{self.folder}/commands") as file:
            for line in file:
                kind, run, server, at = line.rstrip("\n").split("\t")
                history.commands.append({"kind": kind, "run": run, "server": server, "at": int(at)})
        for name in self.names:
            with open(f"{self.folder}/{name}.out") as out:
                for line in out:
                    try:
                        event = json.loads(line)
                    except ValueError:
                        continue  # A line that a kill has cut.
                    if event["event"] == "started":
                        history.servers[name] = event["node"]
                    elif event["event"] == "run":
                        history.told.append({"run": event["run"], "outcome": event["outcome"], "server": name})

    def reasons(self, job, first="2000-01-01T00:00:00Z", last="2100-01-01T00:00:00Z"):
        """All reasons of a job; the command shows a thousand rows at a time."""
        found = {}
        while True:
            rows = self.rows("runs", "why", job, first, "--through", last)["reasons"]
            known = len(found)
            for row in rows:
                found[json.dumps(row, sort_keys=True)] = row
            if len(rows) < 1000 or len(found) == known:
                return list(found.values())
            last = min(row["last"] for row in rows)

    def close(self):
        for server in self.servers:
            if server.process and not server.has_ended():
                server.process.kill()
                server.process.wait()
        os.close(self.clock)
        if self.database:
            self.database.close()
        if self.disk:
            subprocess.run(["umount", "-l", self.disk], check=False)
