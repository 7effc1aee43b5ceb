from odoo import api, models
from odoo.tools import SQL

from ...tools import feedback as rules
from ...tools import fulltext
from .sales_process_feedback_status import OPEN_STATES

#: What the database hands over to be compared word by word.
CANDIDATES = 40
#: Shown beside the form, and to whoever looks for duplicates.
SHOWN, SEARCHED = 4, 15
#: Words of a text that are searched for.
MOST_WORDS = 40


class SalesProcessFeedbackSimilar(models.AbstractModel):
    """Open feedback that says the same.

    ``search_vector`` is a column of the database only, filled by :mod:`..tools.fulltext`, so Chinese is found as well.
    Where PostgreSQL has pg_trgm, misspelt words are likely to be found too; without it nothing else changes.
    """

    _name = "sales.process.feedback.similar"
    _description = "Feedback That Says the Same"

    def _auto_init(self):
        result = super()._auto_init()
        if self._abstract:
            return result
        self.env.cr.execute("ALTER TABLE sales_process_feedback ADD COLUMN IF NOT EXISTS search_vector tsvector")
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS sales_process_feedback_search_vector_idx "
            "ON sales_process_feedback USING gin (search_vector)"
        )
        return result

    @api.model_create_multi
    def create(self, vals_list):
        feedback = super().create(vals_list)
        feedback._refresh_search()
        return feedback

    def write(self, vals):
        result = super().write(vals)
        if "text" in vals:
            self._refresh_search()
        return result

    def _refresh_search(self):
        if not self:
            return
        self.flush_recordset(["text"])
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_feedback AS feedback SET search_vector = texts.vector::tsvector
                     FROM unnest(%s, %s) AS texts(id, vector) WHERE feedback.id = texts.id""",
                self.ids,
                [fulltext.vector([("A", text)]) for text in self.mapped("text")],
            )
        )

    @api.model
    def _get_similar(self, text, requirement=None, stage=None, companies=None, limit=SHOWN, domain=()):
        """Open feedback that probably says the same, in two queries whatever their number.

        :param text: what is being written; empty: what was said about the requirement or stage
        :param requirement: ``sales.process.requirement``; those of other versions that it continues count as the same
        :param stage: ``sales.process.stage``, likewise
        :param domain: further limits
        :return: {id: score}, best first; under sudo, so the caller says what may be shown
        """
        Feedback = self.sudo().with_context(active_test=False)
        requirements = self._get_family(requirement) if requirement else []
        stages = self._get_family(stage or requirement.process_stage_id) if stage or requirement else []
        found = Feedback._search(
            [
                ("company_id", "in", (companies or self.env.companies).ids),
                ("state", "in", OPEN_STATES),
                ("merged_into_id", "=", False),
                *domain,
            ]
        )
        table = SQL.identifier("sales_process_feedback")
        query = self._get_text_query(text)
        same_requirement = SQL("COALESCE(%s.requirement_id = ANY(%s), FALSE)", table, requirements)
        same_stage = SQL("COALESCE(%s.process_stage_id = ANY(%s), FALSE)", table, stages)
        hit = SQL("COALESCE(%s.search_vector @@ (%s), FALSE)", table, query) if query else SQL("FALSE")
        weight = SQL("ts_rank(%s.search_vector, %s)", table, query) if query else SQL("0")
        trigrams = (
            SQL("similarity(lower(%s.text), lower(%s))", table, text)
            if self.env.registry.has_trigram and query
            else SQL("0.0")
        )
        self.flush_model(["text", "requirement_id", "process_stage_id", "vote_count"])
        found.add_where(SQL("(%s OR %s OR %s)", hit, same_requirement, same_stage))
        found.order = SQL("5 DESC, 6 DESC, sales_process_feedback.vote_count DESC, sales_process_feedback.id DESC")
        found.limit = CANDIDATES
        rows = self.env.execute_query(
            found.select(
                SQL.identifier("sales_process_feedback", "id"),
                SQL.identifier("sales_process_feedback", "text"),
                trigrams,
                same_stage,
                same_requirement,
                weight,
            )
        )
        candidates = [(number, other, float(alike), same, near) for number, other, alike, near, same, _weight in rows]
        return dict(rules.rank(text or "", candidates, limit))

    @api.model
    def _get_text_query(self, text):
        """:return: SQL of a ``tsquery`` for any of the words, None when there is nothing to search for"""
        wanted = rules.words(text or "")
        parts = [SQL("%s::tsquery", query) for word in sorted(wanted)[:MOST_WORDS] for query, _ in fulltext.terms(word)]
        return SQL(" || ").join(parts) if parts else None

    @api.model
    def _get_family(self, record):
        """:return: ids of a stage or requirement and of what continues it, or is continued by it, in other versions"""
        return self._get_families(record)[record.id]

    @api.model
    def _get_families(self, records):
        """:return: {id: ids of itself and of the same in other versions}, in one query"""
        families = {number: [number] for number in records.ids}
        if not families:
            return families
        records.flush_model(["previous_id"])
        table = SQL.identifier(records._table)
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE family (root, id) AS (
                    SELECT id, id FROM %(table)s WHERE id = ANY(%(ids)s)
                     UNION
                    SELECT family.root, relative.id
                      FROM family JOIN %(table)s AS one ON one.id = family.id
                      JOIN LATERAL (SELECT one.previous_id AS id WHERE one.previous_id IS NOT NULL
                                     UNION ALL
                                    SELECT later.id FROM %(table)s AS later WHERE later.previous_id = one.id
                                   ) AS relative ON TRUE)
                SELECT root, array_agg(id) FROM family GROUP BY root
                """,
                table=table,
                ids=list(families),
            )
        )
        return {**families, **dict(rows)}

    @api.model
    def _count_by_place(self, name, records):
        """Feedback about stages or requirements, of all versions, in two queries.

        :param name: field of feedback that names the place
        :return: {id: number}
        """
        families = self._get_families(records)
        everything = list({number for family in families.values() for number in family})
        counts = {
            place.id: count
            for place, count in self._read_group(
                [(name, "in", everything), ("merged_into_id", "=", False)], [name], ["__count"]
            )
        }
        return {number: sum(counts.get(one, 0) for one in family) for number, family in families.items()}

    @api.model
    def _get_list_action(self, domain):
        """:return: action that shows some feedback with all its views"""
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_framework.sales_process_feedback_action")
        return {**action, "domain": domain, "context": {}}
