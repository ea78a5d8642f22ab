#!/usr/bin/env python3
"""The database server that a show keeps its store on, and what can happen to it."""
import os
import shutil
import subprocess
import time
from urllib.parse import parse_qs, unquote, urlsplit

SUPPORT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


class StoreServer:
    """A server at a URL. One that a script of ours has started in a folder can be stopped and frozen as well."""

    # Of each kind: the script that starts it, the program that sends it commands, and its faults beyond `FAULTS`.
    script_name = client = None
    own_faults = []
    # What every server can meet; those that need its folder come first.
    FOLDER_FAULTS, FAULTS = ["restart", "freeze"], ["cut", "lock"]

    def __init__(self, url, folder=None, owned=False):
        parts = urlsplit(url)
        self.url, self.folder, self.owned = url, folder, owned
        self.parameters = parse_qs(parts.query)
        # The client's connection knows nothing of our parameters.
        self.address = parts._replace(query="")

    @classmethod
    def start(cls, folder):
        """Starts a server in a folder that is not there yet."""
        # Its processes would keep a pipe open for as long as they live.
        with open(f"{folder}.url", "w+") as output:
            subprocess.run([f"{SUPPORT}/{cls.script_name}", "start", folder], stdin=subprocess.DEVNULL, stdout=output,
                           check=True)
            output.seek(0)
            return cls(output.read().strip(), folder, owned=True)

    @property
    def faults(self):
        return self.FOLDER_FAULTS + self.FAULTS + self.own_faults

    @property
    def obstacles(self):
        """The faults that cannot befall it, each with the reason."""
        found = {}
        if not self.folder:
            found |= {fault: "--server does not say which folder the server is in" for fault in self.FOLDER_FAULTS}
        if not shutil.which(self.client):
            found |= {fault: f"there is no program {self.client}" for fault in self.FAULTS + self.own_faults}
        return found

    def script(self, *words):
        subprocess.run([f"{SUPPORT}/{self.script_name}", words[0], self.folder, *words[1:]],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

    def execute(self, *words, **variables):
        """Runs the client with words, and waits until it has ended."""
        return subprocess.run([self.client, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**os.environ, **variables}, timeout=120, check=True).stdout

    def restart(self, pause):
        # In good order, or as in a crash.
        self.script("stop", "fast" if pause < 1.5 else "immediate")
        time.sleep(pause)
        self.script("again")

    def freeze(self, pause):
        self.script("freeze")
        try:
            time.sleep(6 + pause)
        finally:
            self.script("thaw")

    def close(self):
        if self.owned:
            self.script("stop", "immediate")


class SQLServer(StoreServer):
    @property
    def jobs(self):
        name = self.parameters.get("tablename")
        return (f"{name[0]}_" if name else self.parameters.get("prefix", ["carillon_"])[0]) + "jobs"


class PostgreSQLServer(SQLServer):
    script_name, client = "postgresql-server", "psql"

    def send(self, statements):
        self.execute("--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.address.geturl(), "-c", statements)

    def cut(self, pause):
        self.send("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE datname = current_database() AND pid <> pg_backend_pid()")

    def lock(self, pause):
        self.send(f"BEGIN; LOCK TABLE {self.jobs} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8); COMMIT")


class MySQLServer(SQLServer):
    script_name, client = "mariadb-server", "mariadb"

    def send(self, statements):
        address = self.address
        secret = {"MYSQL_PWD": unquote(address.password)} if address.password else {}
        return self.execute("--no-defaults", "--protocol=tcp", "-N", "-B", "-h", address.hostname,
                            "-P", str(address.port or 3306), "-u", unquote(address.username or ""), "-e", statements,
                            address.path.lstrip("/"), **secret)

    def cut(self, pause):
        sessions = self.send("SELECT id FROM information_schema.processlist "
                             "WHERE db = database() AND id <> connection_id()").split()
        for session in sessions:
            try:
                self.send(f"KILL {session}")
            except subprocess.CalledProcessError:
                pass  # It has ended by itself.

    def lock(self, pause):
        self.send(f"LOCK TABLES {self.jobs} WRITE; DO SLEEP(8); UNLOCK TABLES")


class RedisServer(StoreServer):
    script_name, client = "redis-server", "redis-cli"
    own_faults = ["flush", "memory"]

    def send(self, *words):
        self.execute("-e", "-u", self.address.geturl(), *words)

    def cut(self, pause):
        for kind in ("normal", "pubsub"):
            self.send("CLIENT", "KILL", "TYPE", kind)

    def lock(self, pause):
        self.send("CLIENT", "PAUSE", "8000", "ALL")
        time.sleep(8)

    def flush(self, pause):
        """Makes it forget its scripts."""
        self.send("SCRIPT", "FLUSH")

    def memory(self, pause):
        """Lets it refuse whatever needs memory."""
        self.send("CONFIG", "SET", "maxmemory", "1")
        try:
            time.sleep(3 + pause)
        finally:
            self.send("CONFIG", "SET", "maxmemory", "0")


KINDS = {"postgresql": PostgreSQLServer, "mysql": MySQLServer, "redis": RedisServer}
SCHEMES = {"postgres": PostgreSQLServer, "mariadb": MySQLServer, **KINDS}


def server_at(url, folder):
    """The server of a URL; `None` if the URL is not that of a server."""
    kind = SCHEMES.get(url.split(":")[0])
    return kind(url, folder) if kind else None
