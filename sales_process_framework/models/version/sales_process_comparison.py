from odoo import api, models
from odoo.tools import html2plaintext

from ...tools import version_diff
from ...tools.version_diff import Element

PROCESS_FIELDS = (
    *("name", "enforcement", "skip_rule", "back_rule", "calendar_id", "completeness_field_ids", "description"),
)
STAGE_FIELDS = (
    *("name", "stage_id", "is_won", "role_id", "time_limit_days", "flexible", "guidance"),
    *("resource_ids", "support_policy_ids"),
)
REQUIREMENT_FIELDS = (
    *("name", "kind", "judgement", "mandatory", "allow_na", "role_id", "spin_technique", "standard", "script"),
    *("min_count", "max_count", "domain", "field_ids", "after_ids", "template_ids", "approval_required"),
    *("freshness_days", "activity_type_id", "support_policy_id"),
)


class SalesProcessComparison(models.AbstractModel):
    """Turns versions into the trees that :mod:`..tools.version_diff` compares, and its rows into what is shown."""

    _name = "sales.process.comparison"
    _description = "Comparison of Versions"

    @api.model
    def _get_compared_fields(self):
        """:return: {model: names of the fields that are compared}, for other addons to extend"""
        return {
            "sales.process": PROCESS_FIELDS,
            "sales.process.stage": STAGE_FIELDS,
            "sales.process.requirement": REQUIREMENT_FIELDS,
        }

    @api.model
    def _compare(self, old, new):
        """:return: :class:`~..tools.version_diff.Row` of two processes"""
        return version_diff.compare(self._prepare_version(old), self._prepare_version(new))

    @api.model
    def _match(self, old, new):
        """Pair stages, and requirements, of two processes.

        :return: ({old stage: new stage}, {old requirement: new requirement})
        """
        result = []
        for before, after in (
            (old.stage_ids, new.stage_ids),
            (old.stage_ids.requirement_ids, new.stage_ids.requirement_ids),
        ):
            roots = self._get_roots(before | after)
            pairs = version_diff.match(
                [self._prepare_element(record, roots) for record in before],
                [self._prepare_element(record, roots) for record in after],
            )
            result.append({before.browse(key): before.browse(value) for key, value in pairs.items()})
        return tuple(result)

    @api.model
    def _prepare_version(self, process):
        stages = process.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        stage_roots, roots = self._get_roots(stages), self._get_roots(stages.requirement_ids)
        return Element(
            process.id,
            process.display_name,
            values=self._prepare_values(process),
            children=tuple(
                self._prepare_element(stage, stage_roots, values=True, children=self._prepare_checklist(stage, roots))
                for stage in stages
            ),
        )

    def _prepare_checklist(self, stage, roots):
        # To enter first, then to leave, each in its order.
        requirements = stage.requirement_ids.sorted(lambda req: (req.gate != "entry", req.sequence, req.id))
        return tuple(self._prepare_element(requirement, roots, values=True) for requirement in requirements)

    def _prepare_element(self, record, roots, values=False, children=()):
        name = " ".join((record.with_context(lang="en_US").name or "").casefold().split())
        identities = (roots[record], record.key or None)
        if record._name == "sales.process.stage":
            identities += (record.stage_id.id or None,)
        return Element(
            record.id,
            record.name,
            identities=(*identities, name or None),
            values=self._prepare_values(record) if values else (),
            children=children,
            place=record.gate if "gate" in record._fields else "",
        )

    @api.model
    def _get_roots(self, records):
        """:return: {record: id of the record of the first version that it goes back to}"""
        roots = {record: record for record in records}
        pending = records
        while pending := pending.filtered("previous_id"):
            roots = {record: root.previous_id or root for record, root in roots.items()}
            pending = pending.previous_id
        return {record: root.id for record, root in roots.items()}

    def _prepare_values(self, record):
        """:return: tuple of (field name, text in the user's language), blanks left out"""
        values = []
        for name in self._get_compared_fields()[record._name]:
            if name in record._fields:
                text = self._format_value(record, record._fields[name], record[name])
                if text:
                    values.append((name, text))
        return tuple(values)

    def _format_value(self, record, field, value):
        if field.type == "boolean":
            return self.env._("Yes") if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        if field.type == "many2one":
            return value.display_name or ""
        if field.type in ("many2many", "one2many"):
            return "\n".join(sorted(value.mapped("display_name")))
        if field.type == "html":
            return html2plaintext(value or "", include_references=False).strip()
        if field.type in ("integer", "float"):
            return f"{value:g}" if value else ""
        return value or ""

    # -- what the screen shows ------------------------------------------------

    @api.model
    def _prepare_diff(self, old, new):
        """:return: {"old", "new": versions, "counts": {kind: number}, "root": row, see :meth:`_prepare_row`}"""
        root = self._compare(old, new)
        reasons = {change.element_key: change for change in new.change_ids}
        return {
            "old": self._prepare_side(old),
            "new": self._prepare_side(new),
            "counts": version_diff.count(root),
            "root": self._prepare_row(root, "sales.process", reasons),
        }

    def _prepare_side(self, process):
        labels = dict(process._fields["state"]._description_selection(self.env))
        return {
            "id": process.id,
            "name": process.display_name,
            "state": process.state,
            "state_label": labels[process.state],
            "date_activated": process.date_activated and process.date_activated.isoformat() or False,
        }

    def _prepare_row(self, row, model, reasons):
        """:return: {"key", "level", "kind", "moved", "origin": stage it was in, "different", "old" and "new": names or
        False, "gate_old" and "gate_new", "fields": [{"label", "parts"}], "rows", "reason", "author",
        "sources": see :meth:`_prepare_sources`}"""
        level = {"sales.process": "version", "sales.process.stage": "stage"}.get(model, "requirement")
        below = {"version": "sales.process.stage", "stage": "sales.process.requirement"}.get(level)
        change = reasons.get(self._get_change_key(row, model), self.env["sales.process.change"])
        gates = {"entry": self.env._("To Enter"), "exit": self.env._("To Leave")}
        return {
            "key": self._get_change_key(row, model),
            "level": level,
            "kind": row.kind,
            "moved": row.moved,
            "origin": row.origin,
            "different": row.is_different,
            "old": row.old.name if row.old else False,
            "new": row.new.name if row.new else False,
            "gate_old": gates.get(row.old.place, "") if row.old else "",
            "gate_new": gates.get(row.new.place, "") if row.new else "",
            "fields": [
                {
                    "label": self._get_label(model, name),
                    "parts": [list(part) for part in version_diff.compare_words(old, new)],
                }
                for name, old, new in row.fields
            ],
            "rows": [self._prepare_row(inner, below, reasons) for inner in row.rows],
            "reason": change.reason or "",
            "author": change.user_id.name or "" if change.reason else "",
            "sources": self._prepare_sources(change),
        }

    @api.model
    def _get_source_fields(self):
        """:return: names of the fields of a change that say where it comes from, for other addons to extend"""
        return ["feedback_ids", "improvement_ids", "review_ids", "topic_ids", "pilot_ids"]

    def _prepare_sources(self, change):
        """What a change comes from, as far as the reader may see it.

        :return: [{"model", "id", "name", "label": of the kind of source}]
        """
        return [
            {
                "model": record._name,
                "id": record.id,
                "name": record.display_name,
                "label": self._get_label(change._name, name),
            }
            for name in self._get_source_fields()
            for record in change[name].sudo(False)._filtered_access("read")
        ]

    @api.model
    def _get_change_key(self, row, model):
        """Names one difference: what is new by its new record, what is gone by its old one."""
        side = "new" if row.new else "old"
        return f"{model}:{side}:{row.element.id}"

    def _get_label(self, model, name):
        return self.env[model]._fields[name]._description_string(self.env)

    # -- the log ---------------------------------------------------------------

    @api.model
    def _prepare_changes(self, old, new):
        """:return: {element key: values of a ``sales.process.change``} of every difference, in the order shown"""
        found = {}

        def visit(row, model, path):
            below = {"sales.process": "sales.process.stage", "sales.process.stage": "sales.process.requirement"}
            name = row.element.name if model != "sales.process" else self.env._("Settings of the version")
            if row.kind != version_diff.SAME:
                key = self._get_change_key(row, model)
                record = self.env[model].browse(row.element.id)
                author, date = self._get_last_change(record) if row.new else (self.env.user, self.env.cr.now())
                found[key] = {
                    "element_key": key,
                    "sequence": len(found) + 1,
                    "kind": row.kind,
                    "element": " / ".join([*path, name]),
                    "detail": self._describe(row, model),
                    # What is gone was taken out by whoever looks at the log first; its record cannot say.
                    "user_id": author.id,
                    "date": date,
                }
            for inner in row.rows:
                visit(inner, below[model], [] if model == "sales.process" else [*path, name])

        visit(self._compare(old, new), "sales.process", [])
        return found

    def _get_last_change(self, record):
        if "changed_by_id" in record._fields:
            return record.changed_by_id, record.changed_on
        return record.write_uid, record.write_date

    def _describe(self, row, model):
        lines = [
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=self._get_label(model, name),
                old=self._shorten(old),
                new=self._shorten(new),
            )
            for name, old, new in row.fields
        ]
        if row.origin:
            lines.append(self.env._("Was in %s", row.origin))
        elif row.moved and row.old.place != row.new.place:
            lines.append(self.env._("Was asked for at the other gate"))
        elif row.moved:
            lines.append(self.env._("Stands in another place"))
        return "\n".join(lines)

    def _shorten(self, text):
        text = " ".join(text.split()) or "–"
        return text if len(text) <= 80 else f"{text[:79]}…"
