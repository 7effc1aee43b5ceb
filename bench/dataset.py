"""A company's pipeline, made by set-based SQL: leads in every stage with partners, activities, files and tracking.

`load` fills a database of plain Odoo; its copies get the addon or automation rules on top, so that all of them
hold the same leads under the same ids.
"""

import contextlib

from odoo import Command
from odoo.tools import SQL

STAGES = ("New", "Contacted", "Qualified", "Diagnosed", "Proposed", "Negotiating", "Closing", "Won")
TEAMS = 5
REPS = 50
REP = "bench_rep_1"  # sees own leads
LEADER = "bench_leader"  # sees all leads, has no right to override a gate
LEADS_PER_PARTNER = 4
MESSAGES_PER_LEAD = 5


def load(env, leads):
    """Fill a database of plain Odoo with its demo data."""
    env["crm.lead"].with_context(active_test=False).search([]).unlink()
    stages = _make_stages(env)
    _make_people(env)
    env.flush_all()
    with bulk_load(env.cr, "res_partner", "crm_lead", "mail_message", "mail_tracking_value", "mail_activity"):
        for statement in (
            _partners(leads // LEADS_PER_PARTNER),
            *_plan(leads),
            _leads(stages.ids, env.ref("crm.lost_reason_1").id, env.company),
            *_stage_steps(env, stages.ids),
            *_messages(env),
            *_followers(env),
            *_activities(env),
            _attachments(env.company),
        ):
            env.cr.execute(statement)
    env.invalidate_all(flush=False)


@contextlib.contextmanager
def bulk_load(cr, *tables):
    """Fill tables without their indexes, which are made afterwards, and without looking at foreign keys."""
    cr.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = ANY(%s::regclass[])
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
        (list(tables),),
    )
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    cr.execute("SET LOCAL session_replication_role = replica")
    yield
    cr.execute("SET LOCAL session_replication_role = DEFAULT")
    for _name, definition in indexes:
        cr.execute(SQL(definition.replace("%", "%%")))


def get_stages(env):
    """The pipeline's stages in order."""
    return env["crm.stage"].search([], order="sequence, id")


def _make_stages(env):
    stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
    won = env["crm.stage"].search([("is_won", "=", True)], limit=1)
    missing = len(STAGES) - len(stages) - 1
    stages = stages + env["crm.stage"].create([{"name": "new"}] * missing) + won
    for sequence, (stage, name) in enumerate(zip(stages, STAGES, strict=True), 1):
        stage.write({"name": name, "sequence": sequence, "fold": False})
    return stages


def _make_people(env):
    teams = env["crm.team"].create([{"name": f"Bench {n}", "company_id": env.company.id} for n in range(TEAMS)])
    own, all_leads = env.ref("sales_team.group_sale_salesman"), env.ref("sales_team.group_sale_salesman_all_leads")
    people = [(f"bench_rep_{n}", own) for n in range(1, REPS + 1)] + [(LEADER, all_leads)]
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": login.replace("_", " ").title(),
                    "login": login,
                    "email": f"{login}@example.com",
                    "company_id": env.company.id,
                    "company_ids": [Command.set(env.company.ids)],
                    "group_ids": [Command.set(group.ids)],
                }
                for login, group in people
            ]
        )
    )
    env["crm.team.member"].create(
        [{"user_id": user.id, "crm_team_id": teams[n % TEAMS].id} for n, user in enumerate(users)]
    )


def _partners(count):
    return SQL(
        """
        WITH new AS (SELECT n, nextval('res_partner_id_seq') AS id FROM generate_series(1, %s) n)
        INSERT INTO res_partner (id, name, complete_name, ref, email, email_normalized, phone, lang, type, active,
                                 is_company, partner_share, commercial_partner_id, create_uid, create_date, write_date)
        SELECT id, 'Customer ' || n, 'Customer ' || n, 'bench', 'customer' || n || '@example.com',
               'customer' || n || '@example.com', '+3247' || lpad(n::text, 7, '0'), 'en_US', 'contact', TRUE,
               TRUE, TRUE, id, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM new
        """,
        count,
    )


def _plan(count):
    """What becomes of each lead: half are open, the others won or lost.

    `position` is the stage it is in, counted from 1; `steps` the stage changes on the way there.
    """
    yield SQL("SELECT setseed(0.42)")
    yield SQL(
        """
        CREATE TEMP TABLE plan AS
        WITH rep AS (
            SELECT u.id AS user_id, u.partner_id, m.crm_team_id AS team_id, row_number() OVER (ORDER BY u.id) - 1 AS r
              FROM res_users u JOIN crm_team_member m ON m.user_id = u.id WHERE u.login LIKE 'bench_rep_%%'
        ), customer AS (
            SELECT id AS customer_id, row_number() OVER (ORDER BY id) - 1 AS c FROM res_partner WHERE ref = 'bench'
        ), drawn AS (
            SELECT n, random() AS fate, 1 + floor(random() * 7)::int AS stage, random() AS age, random() AS pace,
                   random() AS worth
              FROM generate_series(1, %(count)s) n
        )
        SELECT nextval('crm_lead_id_seq')::int AS id, n, rep.*, customer_id, worth, born.created,
               CASE WHEN fate < 0.50 THEN 'pending' WHEN fate < 0.65 THEN 'won' ELSE 'lost' END AS status,
               CASE WHEN fate BETWEEN 0.50 AND 0.65 THEN 8 ELSE stage END AS position,
               created + (%(today)s - created) * pace * 0.9 AS arrived
          FROM drawn
          JOIN rep ON rep.r = n %% %(reps)s
          JOIN customer ON c = n / %(share)s %% (SELECT count(*) FROM customer)
         CROSS JOIN LATERAL (
               SELECT %(today)s - age * (CASE WHEN fate < 0.50 THEN 180 ELSE 540 END) * interval '1 day' AS created
         ) AS born
         ORDER BY n
        """,
        count=count,
        reps=REPS,
        share=LEADS_PER_PARTNER,
        today=SQL("date_trunc('second', now() AT TIME ZONE 'UTC')"),
    )
    yield SQL("UPDATE plan SET arrived = created WHERE position = 1")
    yield SQL("ANALYZE plan")


def _leads(stage_ids, lost_reason_id, company):
    return SQL(
        """
        INSERT INTO crm_lead (id, name, type, active, stage_id, team_id, user_id, company_id, partner_id, partner_name,
                              email_from, email_normalized, email_domain_criterion, email_state, phone,
                              phone_sanitized, phone_state, country_id, priority, color, expected_revenue,
                              prorated_revenue, recurring_revenue_monthly, probability, automated_probability,
                              won_status, lost_reason_id, date_open, date_last_stage_update, date_closed, day_open,
                              day_close, create_uid, create_date, write_uid, write_date)
        SELECT plan.id, 'Opportunity ' || n, 'opportunity', status <> 'lost', (%(stages)s::int[])[position],
               plan.team_id, plan.user_id, %(company)s, customer_id, partner.name, partner.email, partner.email,
               partner.email, 'correct', partner.phone, partner.phone, 'correct', %(country)s,
               (n %% 4)::text, 0, 1000 + (worth * 100000)::int, chance * (1000 + (worth * 100000)::int) / 100, 0,
               chance, chance, status, CASE status WHEN 'lost' THEN %(lost)s END, created, arrived,
               CASE WHEN status <> 'pending' THEN arrived END, 0, 0, plan.user_id, created, plan.user_id, arrived
          FROM plan
          JOIN res_partner partner ON partner.id = customer_id
         CROSS JOIN LATERAL (
               SELECT CASE status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 ELSE position * 12.0 END AS chance
         ) AS likely
         ORDER BY n
        """,
        stages=stage_ids,
        company=company.id,
        country=company.country_id.id,
        lost=lost_reason_id,
    )


def _stage_steps(env, stage_ids):
    """The tracking that CRM leaves for each stage change; a few leads came back once on their way."""
    yield SQL(
        """
        CREATE TEMP TABLE step AS
        SELECT nextval('mail_message_id_seq')::int AS message_id, plan.id AS lead_id, plan.partner_id, plan.user_id, s,
               plan.created + (plan.arrived - plan.created) * s / (plan.position - 1) AS at
          FROM plan CROSS JOIN LATERAL generate_series(1, plan.position - 1) s
         ORDER BY at
        """
    )
    yield SQL(
        """
        INSERT INTO mail_message (id, model, res_id, message_type, subtype_id, author_id, email_from, reply_to,
                                  message_id, body, date, is_internal, record_company_id, email_add_signature,
                                  create_uid, create_date, write_uid, write_date)
        SELECT message_id, 'crm.lead', lead_id, 'notification', %(subtype)s, partner_id, 'rep@example.com',
               'rep@example.com', '<bench-' || message_id || '@example.com>', '', at, FALSE, %(company)s, TRUE,
               user_id, at, user_id, at
          FROM step
        """,
        subtype=env.ref("crm.mt_lead_stage").id,
        company=env.company.id,
    )
    yield SQL(
        """
        INSERT INTO mail_tracking_value (mail_message_id, field_id, old_value_integer, old_value_char,
                                         new_value_integer, new_value_char, create_uid, create_date, write_date)
        SELECT message_id, %(field)s, (%(stages)s::int[])[s], (%(names)s::text[])[s], (%(stages)s::int[])[s + 1],
               (%(names)s::text[])[s + 1], user_id, at, at
          FROM step
        """,
        field=env["ir.model.fields"]._get("crm.lead", "stage_id").id,
        stages=stage_ids,
        names=list(STAGES),
    )


def _messages(env):
    """Mails between customer and rep, in turn, over the time that the lead was open."""
    yield SQL(
        """
        WITH mail AS (
            SELECT nextval('mail_message_id_seq')::int AS id, plan.id AS lead_id, plan.partner_id, plan.customer_id,
                   plan.user_id, turn, turn %% 2 = 1 AS incoming,
                   created + (arrived - created) * turn / (%(count)s + 1) AS at
              FROM plan CROSS JOIN generate_series(1, %(count)s) turn
             ORDER BY at
        )
        INSERT INTO mail_message (id, model, res_id, message_type, subtype_id, author_id, email_from, reply_to,
                                  message_id, subject, body, date, is_internal, record_company_id,
                                  email_add_signature, create_uid, create_date, write_uid, write_date)
        SELECT id, 'crm.lead', lead_id, CASE WHEN incoming THEN 'email' ELSE 'comment' END, %(subtype)s,
               CASE WHEN incoming THEN customer_id ELSE partner_id END, 'bench@example.com', 'bench@example.com',
               '<bench-mail-' || id || '@example.com>',
               CASE turn WHEN 4 THEN 'Your quotation' ELSE 'Mail ' || turn END, '<p>Hello</p>', at, FALSE,
               %(company)s, TRUE, user_id, at, user_id, at
          FROM mail
        """,
        count=MESSAGES_PER_LEAD,
        subtype=env.ref("mail.mt_comment").id,
        company=env.company.id,
    )
    yield SQL(
        """
        INSERT INTO mail_message_res_partner_rel (mail_message_id, res_partner_id)
        SELECT message.id, plan.customer_id
          FROM mail_message message JOIN plan ON plan.id = message.res_id
         WHERE message.model = 'crm.lead' AND message.message_type = 'comment'
        """
    )


def _followers(env):
    yield SQL(
        """
        INSERT INTO mail_followers (res_model, res_id, partner_id) SELECT 'crm.lead', id, partner_id FROM plan
        """
    )
    yield SQL(
        """
        INSERT INTO mail_followers_mail_message_subtype_rel (mail_followers_id, mail_message_subtype_id)
        SELECT f.id, s.id
          FROM mail_followers f JOIN plan ON plan.id = f.res_id AND f.res_model = 'crm.lead'
         CROSS JOIN mail_message_subtype s
         WHERE s."default" AND (s.res_model IS NULL OR s.res_model = 'crm.lead')
        """
    )


def get_activity_types(env):
    """Types of which every open lead has one activity done."""
    names = ("email", "call", "meeting", "todo")
    return env["mail.activity.type"].browse(env.ref(f"mail.mail_activity_data_{name}").id for name in names)


def _activities(env):
    """One activity of each type done for every open lead, and one to do for every third."""
    values = {"model": env["ir.model"]._get_id("crm.lead"), "types": get_activity_types(env).ids}
    insert = SQL(
        """INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name, activity_type_id, user_id, active,
                                      date_deadline, date_done, create_uid, create_date, write_date)"""
    )
    yield SQL(
        """
        %(insert)s
        SELECT %(model)s, 'crm.lead', plan.id, 'Opportunity ' || n, t, user_id, FALSE, arrived::date, arrived::date,
               user_id, created, arrived
          FROM plan CROSS JOIN unnest(%(types)s) t WHERE status = 'pending'
        """,
        insert=insert,
        **values,
    )
    yield SQL(
        """
        %(insert)s
        SELECT %(model)s, 'crm.lead', plan.id, 'Opportunity ' || n, (%(types)s::int[])[1 + n %% 4], user_id, TRUE,
               now()::date + (n %% 31 - 10)::int, NULL, user_id, created, arrived
          FROM plan WHERE status = 'pending' AND n %% 3 = 0
        """,
        insert=insert,
        **values,
    )


def _attachments(company):
    """One file on every open lead."""
    return SQL(
        """
        INSERT INTO ir_attachment (name, type, res_model, res_id, company_id, mimetype, file_size, create_uid,
                                   create_date, write_date)
        SELECT 'document.pdf', 'binary', 'crm.lead', id, %s, 'application/pdf', 0, user_id, created, arrived
          FROM plan WHERE status = 'pending'
        """,
        company.id,
    )
