"""The scan of response clocks: its cost follows what is due, not how many leads or clocks there ever were."""

from datetime import timedelta

from odoo.tools import SQL

#: Clocks past their deadline, as one run of the scheduled action finds them on a bad day.
DUE = 200
#: With a million answered clocks the scan may take so many times what it takes with none.
SCAN_LIMIT = 2.0


def scan_responses(env, measure):
    """Scan with the clocks that are due alone, and again among answered clocks of every lead; the caller rolls back.

    :param measure: function that calls a function and gives what it took
    :return: {"leads", "few" and "many": what the scan took, "plan": the plan of the second}
    """
    clocks = env["sales.process.response"].sudo()
    now = env.cr.now()
    env.cr.execute("SELECT id FROM crm_lead WHERE active ORDER BY id LIMIT %s", [DUE])
    leads = [number for (number,) in env.cr.fetchall()]
    start = SQL(
        """INSERT INTO sales_process_response (lead_id, company_id, started, deadline, state)
           SELECT lead, %s, %s, %s, 'running' FROM unnest(%s) AS lead""",
        env.company.id,
        now - timedelta(minutes=10),
        now - timedelta(minutes=7),
        leads,
    )
    again = SQL("DELETE FROM sales_process_response WHERE state = 'breached_open'")

    def scan():
        late, count = clocks._breach(now, DUE)
        if len(late) != DUE or count != DUE:
            raise AssertionError(f"{len(late)} of {DUE} clocks found")

    env.cr.execute("TRUNCATE sales_process_response")
    env.cr.execute(start)
    env.cr.execute("ANALYZE sales_process_response")
    few = measure(scan)
    env.cr.execute(again)
    env.cr.execute(
        """INSERT INTO sales_process_response (lead_id, company_id, started, deadline, answered, state)
           SELECT id, %s, create_date, create_date, create_date, 'kept' FROM crm_lead""",
        [env.company.id],
    )
    answered = env.cr.rowcount
    env.cr.execute(start)
    env.cr.execute("ANALYZE sales_process_response")
    env.cr.execute(
        """EXPLAIN SELECT id FROM sales_process_response
            WHERE state = 'running' AND deadline < %s ORDER BY deadline LIMIT %s""",
        [now, DUE],
    )
    plan = "\n".join(line for (line,) in env.cr.fetchall())
    many = measure(scan)
    return {"leads": answered, "few": few, "many": many, "plan": plan}
