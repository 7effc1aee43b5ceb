from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ...tools import fulltext

#: Part of the text → weight of a hit in it.
SEARCHED = {"name": "A", "purpose": "B", "module": "B", "vendor": "B", "training_plan": "D", "content": "C"}


class SalesProcessResourceSearch(models.Model):
    """Full-text search over the library, in every language that a resource is written in.

    ``search_vector`` is a column of the database only: English is stemmed by PostgreSQL, all languages are cut into
    words by :mod:`..tools.fulltext`. It follows each change of the texts and of their translations.
    """

    _inherit = "sales.process.resource"

    search_text = fields.Char(
        string="Text",
        compute="_compute_search_text",
        search="_search_search_text",
        help="Finds words and beginnings of words in names, purposes and contents, in every language.",
    )

    def _auto_init(self):
        result = super()._auto_init()
        self.env.cr.execute("ALTER TABLE sales_process_resource ADD COLUMN IF NOT EXISTS search_vector tsvector")
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS sales_process_resource_search_vector_idx "
            "ON sales_process_resource USING gin (search_vector)"
        )
        return result

    @api.depends_context("lang")
    def _compute_search_text(self):
        for resource in self:
            resource.search_text = resource.name

    def _search_search_text(self, operator, value):
        if operator in ("ilike", "like", "=ilike", "=like") and isinstance(value, str):
            return self._get_text_domain(value.replace("%", " "))
        if operator == "in":
            return Domain.OR(self._get_text_domain(text) for text in value if isinstance(text, str))
        return NotImplemented

    @api.model
    def _get_text_query(self, text):
        """:return: SQL of a ``tsquery``, None when nothing can be searched for in the text"""
        parts = [
            SQL("(%s::tsquery || plainto_tsquery('english', %s))", query, word) if word else SQL("%s::tsquery", query)
            for query, word in fulltext.terms(text)
        ]
        return SQL(" && ").join(parts) if parts else None

    @api.model
    def _get_text_domain(self, text):
        """Resources with all the words; nothing to search for finds everything, as an empty search bar does."""
        query = self._get_text_query(text)
        if query is None:
            return Domain.TRUE if not text.strip() else Domain.FALSE
        return Domain.custom(to_sql=lambda _model, alias, _query: SQL("%s @@ (%s)", self._vector(alias), query))

    @staticmethod
    def _vector(alias):
        return SQL.identifier(alias, "search_vector")

    def _get_text_ranks(self, text):
        """:return: {id: rank} of these resources for a search; the best hit has 1, no hit 0"""
        query = self._get_text_query(text or "")
        if query is None or not self:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, ts_rank(search_vector, %s) FROM sales_process_resource WHERE id = ANY(%s)",
                query,
                self.ids,
            )
        )
        best = max((rank for _id, rank in rows), default=0)
        return {resource_id: rank / best if best else 0.0 for resource_id, rank in rows}

    # -- keeping it up to date ------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        resources = super().create(vals_list)
        resources._refresh_search()
        return resources

    def write(self, vals):
        result = super().write(vals)
        if SEARCHED.keys() & vals.keys():
            self._refresh_search()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name in SEARCHED:
            self._refresh_search()
        return result

    def _refresh_search(self):
        """Index the texts anew, in one statement."""
        if not self:
            return
        self.flush_recordset(list(SEARCHED))
        columns = SQL(", ").join(SQL("to_jsonb(%s)", SQL.identifier(name)) for name in SEARCHED)
        rows = self.env.execute_query(
            SQL("SELECT id, %s FROM sales_process_resource WHERE id = ANY(%s)", columns, self.ids)
        )
        ids, english, vectors = [], [], []
        for resource_id, *texts in rows:
            parts = [
                (weight, lang, self._as_plain(name, text))
                for (name, weight), texts_by_lang in zip(SEARCHED.items(), texts, strict=True)
                for lang, text in self._by_language(texts_by_lang)
            ]
            ids.append(resource_id)
            english.append("\n".join(text for _weight, lang, text in parts if lang == "en_US"))
            vectors.append(fulltext.vector((weight, text) for weight, _lang, text in parts))
        self.env.cr.execute(
            SQL(
                """UPDATE sales_process_resource AS resource
                      SET search_vector = texts.vector::tsvector
                          || setweight(to_tsvector('english', texts.english), 'C')
                     FROM unnest(%s, %s, %s) AS texts(id, english, vector)
                    WHERE resource.id = texts.id""",
                ids,
                english,
                vectors,
            )
        )

    @staticmethod
    def _by_language(value):
        """A column as (language, text): translated ones hold one text a language, the others only one."""
        if isinstance(value, dict):
            # Texts of a user's unconfirmed translation are stored under a name with an underscore.
            return [(lang, text) for lang, text in value.items() if text and not lang.startswith("_")]
        return [("en_US", value)] if value else []

    @staticmethod
    def _as_plain(name, text):
        return html2plaintext(text, include_references=False) if name == "content" else text
