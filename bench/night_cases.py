"""The night: indicators after a day on which little happened, and people who work while the scheduled actions run."""

import itertools
import json
import math
import subprocess
import sys
import time
from datetime import date

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.sales_process_framework.tools.period import local_day

from . import dataset
from .kpi_cases import add_facts

#: Leads that changed on a day, and on a busy one: one in so many.
CHANGED = (1_000, 100)
#: Values that one changed lead may rewrite: those of its scopes, in the indicators that read what changed.
WRITTEN_PER_LEAD = 100
#: What a night may take beside a year from nothing, and after a busy day beside one on which nothing changed.
NIGHT_SHARE = 0.25
NIGHT_LIMIT = 1.3
#: What a move may take at its worst (95th percentile) while the scheduled actions run, beside without.
MOVE_LIMIT = 1.2
MOVES = 300
#: Seconds after which an action that has more to do gives way to the next one.
LONGEST_JOB = 90
LONGEST_NIGHT = 1800


def run_night(env, measure):
    """Nights after days of no, little and much change, beside computing a year from nothing.

    :return: {"year": what a year took, "nights": [{"changed": leads, "written": values, "took"}], "values": kept}
    """
    add_facts(env)
    kpis = env["sales.process.kpi"].sudo().search([("active", "=", True)])._in_computing_order()
    env.cr.execute("DELETE FROM sales_process_kpi_value")
    env.cr.execute("UPDATE sales_process_kpi SET last_run = NULL")
    env.invalidate_all(flush=False)
    today = local_day(env.cr.now(), env.company._get_sales_timezone())
    first = date(today.year - 1, today.month, 1)

    def refresh(since=None):
        for kpi in kpis:
            if not kpi._refresh(since):
                raise AssertionError(f"{kpi.code}: {kpi.last_error}")

    year = measure(lambda: refresh(first))
    env.cr.execute("ANALYZE sales_process_kpi_value")
    nights = []
    for share in (None, *CHANGED):
        changed = _change_leads(env, share) if share else 0
        before = _count_written(env)
        took = measure(refresh)
        nights.append({"changed": changed, "written": _count_written(env) - before, "took": took})
    env.cr.execute("SELECT COUNT(*) FROM sales_process_kpi_value")
    [values] = env.cr.fetchone()
    return {"year": year, "nights": nights, "values": values}


def _change_leads(env, share):
    """A day's work: some deals are worth more than they were.

    :return: how many
    """
    env.cr.execute(
        """UPDATE crm_lead
              SET expected_revenue = expected_revenue + 1, prorated_revenue = prorated_revenue + probability / 100
            WHERE id %% %s = 0""",
        [share],
    )
    return env.cr.rowcount


def _count_written(env):
    env.cr.execute(
        """SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
            WHERE relname = 'sales_process_kpi_value'"""
    )
    return env.cr.fetchone()[0]


def move_at_night(env, _measure):
    """How long people wait for a move while another process runs every scheduled action, beside without.

    The actions commit, as at night: this case is the last on its database.

    :return: {"quiet", "night": seconds that each move took, "retries": moves begun again, "jobs": {name: seconds}}
    """
    mover = _Mover(env)
    for _turn in range(20):
        mover.move()
    before = [mover.move() for _turn in range(MOVES)]
    with _Night(env.cr.dbname) as night:
        during = []
        while night.is_on():
            during.append(mover.move())
        jobs = night.get_jobs()
    return {"quiet": before, "night": during, "retries": mover.retries, "jobs": jobs}


class _Mover:
    """Somebody who moves one opportunity after the other, each in a transaction of its own that is rolled back."""

    def __init__(self, env):
        self.registry = env.registry
        self.uid = env["res.users"].search([("login", "=", dataset.LEADER)]).id
        there, following = dataset.get_stages(env)[2:4]
        domain = [("won_status", "=", "pending"), ("type", "=", "opportunity"), ("team_id.name", "=like", "Bench %")]
        leads = env["crm.lead"].search([*domain, ("stage_id", "=", there.id)], limit=5000, order="id")
        self.leads = itertools.cycle(leads.ids)
        self.stage_id = following.id
        self.retries = 0

    def move(self):
        """:return: seconds that it took, with what Odoo does when two transactions collide: begin again"""
        lead, start = next(self.leads), time.perf_counter()
        while not self._try_to_move(lead):
            self.retries += 1
        return time.perf_counter() - start

    def _try_to_move(self, lead):
        with self.registry.cursor() as cr:
            try:
                env = Environment(cr, self.uid, {})
                env["crm.lead"].browse(lead).write({"stage_id": self.stage_id})
                cr.flush()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                return False
            finally:
                cr.rollback()
        return True


class _Night:
    """A process that runs the scheduled actions of the addon, one after the other."""

    def __init__(self, database):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.end = time.monotonic() + LONGEST_NIGHT

    def __enter__(self):
        self._send("is_ready")
        self.process.stdout.readline()
        self._send("run_jobs")
        self.process.stdin.close()
        return self

    def __exit__(self, *_exception):
        self.process.kill()
        self.process.wait()

    def _send(self, order):
        self.process.stdin.write(json.dumps([order, []]) + "\n")
        self.process.stdin.flush()

    def is_on(self):
        if time.monotonic() > self.end:
            raise AssertionError(f"the scheduled actions took more than {LONGEST_NIGHT} seconds")
        return self.process.poll() is None

    def get_jobs(self):
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]


def run_jobs(registry):
    """Every scheduled action of the addon as the scheduler runs it; what they do stays.

    :return: {name: seconds}
    """
    took = {}
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        domain = [("module", "=", "sales_process_framework"), ("model", "=", "ir.cron")]
        for known in env["ir.model.data"].search(domain, order="name"):
            start = time.perf_counter()
            spent, unfinished = 0, True
            while unfinished and spent < LONGEST_JOB:
                env["ir.cron"].browse(known.res_id).method_direct_trigger()
                spent = time.perf_counter() - start
                unfinished = _has_more_to_do(env, known.res_id)
            took[known.name.removeprefix("ir_cron_")] = spent
    return took


def _has_more_to_do(env, cron_id):
    """:return: whether the scheduler would run it again at once"""
    progress = env["ir.cron.progress"].search([("cron_id", "=", cron_id)], order="id desc", limit=1)
    return progress.remaining > 0


def percentile_95(times):
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]
