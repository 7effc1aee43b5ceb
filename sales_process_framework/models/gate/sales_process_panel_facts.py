from collections import defaultdict, namedtuple

from odoo import api, models, tools
from odoo.tools import SQL

from ..deliverable.sales_process_deliverable import DocumentRow
from .sales_process_answer import AnswerRow

#: One thing known of a lead. ``key`` is the requirement, activity type or role; ``number`` a count or a version.
FactRow = namedtuple("FactRow", "kind key id state number text user_id moment approver_id day files")

#: What has to be in the database before it is read by hand; None stands for every field.
READ_BY_HAND = {
    "sales.process.answer": None,
    "sales.process.deliverable": None,
    "sales.process.exception": ["lead_id", "state"],
    "sales.process.visit": None,
    "sales.process.role": ["user_ids"],
    "mail.activity": ["res_model", "res_id", "activity_type_id", "active"],
    "ir.attachment": ["name"],
}
#: What the panel, and Odoo's rules for leads, read of every lead.
LEAD_FIELDS = (
    *("name", "active", "type", "user_id", "team_id", "company_id", "stage_id", "won_status"),
    *("sales_process_id", "sales_process_stage_id", "sales_gate_state", "sales_gate_progress"),
    *("sales_stage_entered", "sales_stage_deadline"),
)


class SalesProcessPanelFacts(models.AbstractModel):
    """Everything a lead's panel shows that changes from lead to lead, in one query: it runs with every form opened."""

    _inherit = "sales.process.panel"

    def _gather_facts(self, lead, facts):
        """Fill ``facts`` with what gates and items would ask for one after the other.

        Keys: "answers", "documents", "document_details", "activities", "names", "visits" (number of stays in the
        present stage, seconds) and "exception" (id of the open one or False).
        """
        found = defaultdict(list)
        for row in self._fetch_facts(lead):
            found[row.kind].append(row)
        details = self._collect_details(lead, found["document"])
        memory = {
            "answers": {
                (lead.id, row.key): AnswerRow(
                    row.id, row.state, row.number or 0, row.text, row.user_id, row.moment, row.approver_id
                )
                for row in found["answer"]
            },
            "document_details": details,
            "documents": {
                key: [DocumentRow(row["id"], row["state"], row["content_date"], bool(row["files"])) for row in rows]
                for key, rows in details.items()
            },
            "activities": {(lead.id, row.key): row.number for row in found["activity"]},
            "names": self._collect_names(found["name"]),
            "visits": next(((row.number, row.id) for row in found["visit"]), (0, 0)),
            "exception": next((row.id for row in found["exception"]), False),
        }
        for key, value in memory.items():
            facts.recall(key, lambda _leads, value=value: value)

    @staticmethod
    def _collect_details(lead, rows):
        details = defaultdict(list)
        for row in rows:
            details[lead.id, row.key].append(
                {
                    "id": row.id,
                    "state": row.state,
                    "version": row.number,
                    "content_date": row.day,
                    "approver_id": row.approver_id,
                    "rejection_reason": row.text,
                    "submitted_by_id": row.user_id,
                    "submitted_date": row.moment,
                    "files": row.files,
                }
            )
        return details

    @staticmethod
    def _collect_names(rows):
        """:return: {user id: name}, and under "holders" {role id: names of active users}"""
        names, holders = {}, {}
        for row in sorted(rows, key=lambda row: row.text):
            names[row.id] = row.text
            if row.key is not None:
                holders.setdefault(row.key, []).append(row.text)
        return {**names, "holders": holders}

    def _fetch_facts(self, lead):
        """:return: list of FactRow of one lead"""
        for model, names in READ_BY_HAND.items():
            self.env[model].flush_model(names)
        now = self.env.cr.now()
        query = SQL(
            """WITH answer AS (SELECT * FROM sales_process_answer WHERE lead_id = %(lead)s),
                    document AS (SELECT * FROM sales_process_deliverable WHERE lead_id = %(lead)s)
               SELECT 'answer' AS kind, requirement_id AS key, id, state, count AS number, note AS text,
                      user_id, date AS moment, approver_id, NULL::date AS day, NULL::json AS files
                 FROM answer
                UNION ALL
               (SELECT 'document', requirement_id, id, state, version, rejection_reason,
                       submitted_by_id, submitted_date, approver_id, content_date,
                       (SELECT json_agg(json_build_object('id', a.id, 'name', a.name) ORDER BY a.id DESC)
                          FROM sales_process_deliverable_attachment_rel r
                          JOIN ir_attachment a ON a.id = r.attachment_id
                         WHERE r.deliverable_id = document.id)
                  FROM document ORDER BY id)
                UNION ALL
               SELECT 'activity', activity_type_id, NULL, NULL, COUNT(*)::integer, NULL, NULL, NULL, NULL, NULL, NULL
                 FROM mail_activity
                WHERE res_model = 'crm.lead' AND res_id = %(lead)s AND active IS NOT TRUE
                GROUP BY activity_type_id
                UNION ALL
               SELECT 'visit', NULL, COALESCE(SUM(EXTRACT(EPOCH FROM COALESCE("left", %(now)s) - entered)), 0)::integer,
                      NULL, COUNT(*)::integer, NULL, NULL, NULL, NULL, NULL, NULL
                 FROM sales_process_visit WHERE lead_id = %(lead)s AND stage_id = %(stage)s
                UNION ALL
               (SELECT 'exception', NULL, id, state, NULL, NULL, NULL, NULL, NULL, NULL, NULL
                  FROM sales_process_exception
                 WHERE lead_id = %(lead)s AND state IN ('requested', 'approved') ORDER BY id DESC LIMIT 1)
                UNION ALL
               SELECT 'name', named.role_id, u.id, NULL, NULL, p.name, NULL, NULL, NULL, NULL, NULL
                 FROM (SELECT user_id AS id, NULL::integer AS role_id FROM answer
                        UNION SELECT approver_id, NULL FROM document
                        UNION SELECT submitted_by_id, NULL FROM document
                        UNION SELECT %(salesperson)s, NULL
                        UNION SELECT link.res_users_id, link.sales_process_role_id
                          FROM res_users_sales_process_role_rel link
                          JOIN res_users holder ON holder.id = link.res_users_id AND holder.active) named
                 JOIN res_users u ON u.id = named.id
                 JOIN res_partner p ON p.id = u.partner_id""",
            lead=lead.id,
            stage=lead.stage_id.id or None,
            salesperson=lead.user_id.id or None,
            now=now,
        )
        return [FactRow(*row) for row in self.env.execute_query(query)]

    @api.model
    @tools.ormcache(cache="stable")
    def _get_panel_fields(self):
        """Stored fields that the panel and the conditions of processes read: a form opened fetches no others.

        :return: (names on the lead, {relation of the lead: names on its records})
        """
        fields = self.env["crm.lead"]._fields
        names, relations = set(LEAD_FIELDS), {}
        judgements = self.env["sales.process.judgement"]
        in_use = self.env["sales.process"].sudo().search([("state", "!=", "draft")])
        for requirement in in_use.stage_ids.requirement_ids:
            for path in judgements._get(requirement.judgement)._get_lead_paths(requirement):
                name, _dot, rest = path.partition(".")
                if name in fields and fields[name].store and fields[name].column_type:
                    names.add(name)
                    if fields[name].type == "many2one":
                        relations.setdefault(name, {"company_id"}).add(rest.partition(".")[0])
        columns = {name: relations[name] & self._get_columns(fields[name].comodel_name) for name in relations}
        return tuple(sorted(names)), {name: tuple(sorted(found)) for name, found in columns.items() if found}

    def _get_columns(self, model_name):
        return {name for name, field in self.env[model_name]._fields.items() if field.store and field.column_type}

    def _fetch_lead(self, lead):
        """Fetch what the panel needs of a lead, and of the records that conditions look at."""
        names, relations = self._get_panel_fields()
        record = lead.sudo()
        record.fetch(names)
        for relation, columns in relations.items():
            # A user is mostly the one who asks, and known.
            if record[relation] and record[relation] != self.env.user:
                record[relation].fetch(columns)
