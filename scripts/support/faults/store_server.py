#!/usr/bin/env python3
"""The database server that a show keeps its store on, and what can happen to it."""
import os
import shutil
import subprocess
import time
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))
SCRIPTS = {"postgresql": "postgresql-server", "mysql": "mariadb-server"}


class StoreServer:
    """A server at a URL. One that a script of ours has started in a folder can be stopped and frozen as well."""

    def __init__(self, url, folder=None, owned=False):
        parts = urlsplit(url)
        self.url, self.folder, self.owned = url, folder, owned
        self.kind = "postgresql" if parts.scheme.startswith("postgres") else "mysql"
        parameters = parse_qs(parts.query)
        name = parameters.get("tablename")
        self.prefix = f"{name[0]}_" if name else parameters.get("prefix", ["carillon_"])[0]
        # The client's connection knows nothing of our parameters.
        self.address = parts._replace(query="")

    @staticmethod
    def start(kind, folder):
        """Starts a server of a kind in a folder that is not there yet."""
        script = f"{ROOT}/scripts/support/{SCRIPTS[kind]}"
        # Its processes would keep a pipe open for as long as they live.
        with open(f"{folder}.url", "w+") as output:
            subprocess.run([script, "start", folder], stdin=subprocess.DEVNULL, stdout=output, check=True)
            output.seek(0)
            return StoreServer(output.read().strip(), folder, owned=True)

    @property
    def obstacle(self):
        """Why no statement can be sent to it past the servers of the show, or `None`."""
        client = "psql" if self.kind == "postgresql" else "mariadb"
        return None if shutil.which(client) else f"there is no program {client}"

    def script(self, *words):
        subprocess.run([f"{ROOT}/scripts/support/{SCRIPTS[self.kind]}", words[0], self.folder, *words[1:]],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)

    def execute(self, statements):
        """Sends statements, and waits until they have been executed."""
        address, variables = self.address, dict(os.environ)
        if self.kind == "postgresql":
            words = ["psql", "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", address.geturl(), "-c", statements]
        else:
            words = ["mariadb", "--no-defaults", "--protocol=tcp", "-N", "-B", "-h", address.hostname,
                     "-P", str(address.port or 3306), "-u", unquote(address.username or ""), "-e", statements,
                     address.path.lstrip("/")]
            if address.password:
                variables["MYSQL_PWD"] = unquote(address.password)
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=variables,
                              timeout=120, check=True).stdout

    def restart(self, how, pause):
        self.script("stop", how)
        time.sleep(pause)
        self.script("again")

    def freeze(self, seconds):
        self.script("freeze")
        try:
            time.sleep(seconds)
        finally:
            self.script("thaw")

    def cut(self):
        """Ends the sessions of everybody else on the database."""
        if self.kind == "postgresql":
            self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                         "WHERE datname = current_database() AND pid <> pg_backend_pid()")
            return
        sessions = self.execute("SELECT id FROM information_schema.processlist "
                                "WHERE db = database() AND id <> connection_id()").split()
        for session in sessions:
            try:
                self.execute(f"KILL {session}")
            except subprocess.CalledProcessError:
                pass  # It has ended by itself.

    def lock(self, seconds):
        """Keeps everybody from reading and writing jobs."""
        table = f"{self.prefix}jobs"
        self.execute(
            f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds}); COMMIT"
            if self.kind == "postgresql" else f"LOCK TABLES {table} WRITE; DO SLEEP({seconds}); UNLOCK TABLES")

    def close(self):
        if self.owned:
            self.script("stop", "immediate")
