"""One Odoo process on one database, which does what it is told: `python -m bench.worker DATABASE`.

Orders and answers are lines of JSON on standard input and output.
"""

import contextlib
import cProfile
import gc
import io
import json
import os
import pstats
import re
import sys
import time
import traceback
from collections import Counter

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor
from odoo.tools import config

from . import automation, cases, dataset, process, specials, webclient

BIG = 50_000  # leads from which on a batch has 1,000


class Client:
    """The user whose requests are measured, and the leads he works on; the same ones in every database."""

    def __init__(self, registry, login):
        self.registry = registry
        self.has_addon = "sales.process" in registry
        with self.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            user = env["res.users"].search([("login", "=", login)])
            self.uid = user.id
            self.context = webclient.pipeline_context(user)
            self.stage_ids = dataset.get_stages(env).ids
            self.many = 1000 if env["crm.lead"].search_count([], limit=BIG) == BIG else 200

    @contextlib.contextmanager
    def cursor(self):
        with self.registry.cursor() as cr:
            try:
                yield cr
            finally:
                cr.rollback()

    def environment(self, cr):
        return Environment(cr, self.uid, self.context)

    def view(self, kind, xmlid):
        with self.cursor() as cr:
            return webclient.View(self.environment(cr), kind, xmlid)

    def moves(self, count, rounds=40):
        """:return: for each round the ids of open leads in one stage, and the next stage"""
        moves = []
        with self.cursor() as cr:
            leads = self.environment(cr)["crm.lead"]
            stages = range(1, len(self.stage_ids) - 2)
            for number in range(rounds):
                turn, index = divmod(number, len(stages))
                stage, following = self.stage_ids[stages[index] : stages[index] + 2]
                domain = [("stage_id", "=", stage), ("won_status", "=", "pending"), ("user_id", "!=", False)]
                domain += [("team_id.name", "=like", "Bench %"), ("type", "=", "opportunity")]
                available = leads.search_count(domain)
                if self.uid and count == 1:
                    domain.append(("user_id", "=", self.uid))
                    available = leads.search_count(domain)
                offset = turn * count % max(available - count, 1)
                ids = leads.search(domain, order="id", limit=count, offset=offset).ids
                if len(ids) < count:
                    raise ValueError(f"only {len(ids)} leads of {count} to move: load more leads")
                moves.append((ids, following))
        return moves


class Worker:
    def __init__(self, database):
        self.registry = Registry(database)
        self.clients = {}
        self.requests = {}

    # -- orders ---------------------------------------------------------------
    def load(self, leads):
        self._set_up(lambda env: dataset.load(env, leads))

    def follow_process(self):
        self._set_up(process.follow)

    def follow_automation(self):
        self._set_up(automation.follow)

    def prepare(self, case):
        """:return: the title of the case here"""
        case = cases.CASES[case]
        client = self.clients.get(case.login)
        if client is None:
            client = self.clients[case.login] = Client(self.registry, case.login)
        self.requests[case.name] = client, case.prepare(client)
        return case.title.format(many=f"{client.many:,}")

    def run(self, case, turn):
        """:return: {"seconds", "busy" seconds, "queries"} of one round"""
        client, requests = self.requests[case]
        total = Counter()
        for request in requests:
            with client.cursor() as cr:
                env = client.environment(cr)
                gc.collect()
                start = _read_clocks(cr)
                request(env, turn)
                cr.flush()  # what a request does before it commits: pending writes, tracking messages
                total.update(_read_clocks(cr) - start)
        return total

    def statements(self, case, turn):
        """:return: {shape of a statement: how often it was sent} in one round"""
        shapes = Counter()
        execute = Cursor.execute

        def count(cr, query, params=None, log_exceptions=True):
            shapes[_get_shape(cr, query)] += 1
            return execute(cr, query, params, log_exceptions)

        Cursor.execute = count
        try:
            self.run(case, turn)
        finally:
            Cursor.execute = execute
        return shapes

    def profile(self, case, turns):
        """:return: text; where the time goes in some rounds"""
        self.settle()
        profile = cProfile.Profile()
        with profile:
            for turn in range(turns):
                self.run(case, turn)
        output = io.StringIO()
        pstats.Stats(profile, stream=output).sort_stats("cumulative").print_stats(70)
        return output.getvalue()

    def settle(self):
        """Leave out of the collector what preparation and warming up made."""
        gc.collect()
        gc.freeze()

    def rebuild_history(self):
        return self._measure(cases.rebuild_history)

    def rebuild_touches(self):
        return self._measure(cases.rebuild_touches)

    def is_ready(self):
        return True

    def run_jobs(self):
        from . import night_cases

        return night_cases.run_jobs(self.registry)

    def special(self, name):
        return self._measure(specials.SPECIALS[name])

    def _measure(self, case):
        with self.registry.cursor() as cr:

            def measure(call):
                start = _read_clocks(cr)
                call()
                return _read_clocks(cr) - start

            result = case(Environment(cr, SUPERUSER_ID, {}), measure)
            cr.rollback()
        return result

    def _set_up(self, build):
        with self.registry.cursor() as cr:
            build(Environment(cr, SUPERUSER_ID, {}))
            cr.flush()
            cr.commit()


def _read_clocks(cr):
    """Time passed, time that this process and its PostgreSQL process were busy, queries sent.

    On a machine that does other things as well only the busy time says something about us.
    """
    with open(f"/proc/{cr._cnx.info.backend_pid}/schedstat") as file:
        database = int(file.read().split()[0]) / 1e9
    return Clocks({"seconds": time.perf_counter(), "busy": time.process_time() + database, "queries": cr.sql_log_count})


class Clocks(Counter):
    def __sub__(self, other):
        return Clocks({key: self[key] - other[key] for key in self})


def _get_shape(cr, query):
    text = getattr(query, "code", None) or (query if isinstance(query, str) else query.as_string(cr._cnx))
    text = re.sub(r"\((?:\s*%s,?)+\)(?:,\s*\((?:\s*%s,?)+\))*", "(…)", re.sub(r"\s+", " ", text))
    return text.strip()


def serve(database):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever Odoo prints goes to the log
    options = ["-d", database, "--no-http", "--max-cron-threads=0", "--log-level=warn"]
    config.parse_config(options, setup_logging=True)
    worker = Worker(database)
    for line in sys.stdin:
        order, arguments = json.loads(line)
        try:
            answer = {"result": getattr(worker, order)(*arguments)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
