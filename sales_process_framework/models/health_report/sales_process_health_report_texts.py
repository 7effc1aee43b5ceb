from odoo import api, models

from ...tools import findings as rules

#: Digits after the point, where not two.
DIGITS = {"percent": 1, "days": 1, "hours": 1, "minutes": 0, "score": 1}


class SalesProcessHealthReportTexts(models.AbstractModel):
    """The sentences of a report, in the reader's language, from findings and numbers."""

    _name = "sales.process.health.report.texts"
    _description = "Sentences of a Health Report"

    @api.model
    def _get_findings(self, company, period):
        """What is abnormal or has changed in a company's period, gravest first.

        A report of the period that was made says what it said then; without one the stored values are read.

        :param company: one of the user's companies
        :param period: :class:`~..tools.period.Period`
        :return: list of {"code": name of the rule, "severity": "critical", "warning", "info" or "good", "title",
            "text": sentences that name it, "detail": the same without its name, "advice", "model" and
            "res_id" or "domain": what it is about, "kpi_id", "kpi_code", "value", "previous": None for no data,
            "stage_id", "process_id", "department_id": False where it is none's, "is_node", "sample", "trend",
            "value_text", "previous_text"}
        :raise AccessError: for a company that is none of the user's
        """
        # The asker's right to it, whoever fetched the record.
        company.with_env(self.env).check_access("read")
        report = self.env["sales.process.health.report"].sudo()._find(company, period)
        snapshot = report.snapshot or self._take_snapshot(company, period)
        return self._explain_all(snapshot, company)

    @api.model
    def _explain_all(self, snapshot, company):
        return [self._explain(finding, figure, company) for finding, figure in self._judge(snapshot)]

    @api.model
    def _explain(self, finding, figure, company):
        node = figure.get("stage_id") or figure.get("department_id")
        title, detail = self._get_title(figure), self._get_text(finding, figure, company)
        return {
            "code": finding.rule,
            "severity": finding.severity,
            "trend": finding.figure.trend,
            "title": title,
            "text": self.env._("%(about)s: %(sentences)s", about=title, sentences=detail),
            "detail": detail,
            "advice": self._in_language(figure["advice"]) if finding.severity in ("critical", "warning") else "",
            **self._get_target(figure),
            "is_node": bool(node),
            "kpi_id": figure["kpi_id"],
            "kpi_code": figure["code"],
            "stage_id": figure.get("stage_id", False),
            "process_id": figure.get("process_id", False),
            "department_id": figure.get("department_id", False),
            "value": figure["value"],
            "previous": figure["previous"],
            "value_text": self._format_number(figure, figure["value"], company),
            "previous_text": self._format_number(figure, figure["previous"], company),
            "sample": figure["sample"],
        }

    @api.model
    def _get_target(self, figure):
        """:return: {"model", "res_id", "domain"}: the stored value, from which a way leads to the records"""
        if figure["value_id"]:
            return {"model": "sales.process.kpi.value", "res_id": figure["value_id"], "domain": False}
        if figure.get("department_id"):
            domain = [("department_id", "=", figure["department_id"])]
            return {"model": "sales.process.support.request", "res_id": False, "domain": domain}
        return {"model": "sales.process.kpi", "res_id": figure["kpi_id"], "domain": False}

    @api.model
    def _in_language(self, texts):
        """:param texts: {language: text} of a snapshot"""
        return texts.get(self.env.lang) or texts.get("en_US") or next(iter(texts.values()), "")

    @api.model
    def _get_title(self, figure):
        name = self._in_language(figure["name"])
        if figure.get("stage_id"):
            return self.env._(
                "%(process)s, stage “%(stage)s”: %(indicator)s",
                process=self._in_language(figure["process"]),
                stage=self._in_language(figure["stage"]),
                indicator=name,
            )
        if figure.get("department_id"):
            return self.env._(
                "Department %(department)s: %(indicator)s",
                department=self._in_language(figure["department"]),
                indicator=name,
            )
        return name

    @api.model
    def _get_text(self, finding, figure, company):
        """One or two plain sentences with the numbers."""
        values = self._get_text_values(finding, figure, company)
        sentence = getattr(self, f"_say_{finding.rule}")(values)
        if figure["previous"] is not None and figure["value"] is not None and finding.rule not in ("worse", "better"):
            sentence += " " + self._say_before(finding.figure.trend, values)
        return sentence

    @api.model
    def _get_text_values(self, finding, figure, company):
        def number(value):
            text = self._format_number(figure, value, company)
            # 10.04 is not healthy from 10.0 on: what would read the same has a digit more.
            same = text == shown and value is not None and value != figure["value"]
            return self._format_number(figure, value, company, digits=2) if same else text

        shown = self._format_number(figure, figure["value"], company)
        edges = (figure["healthy"], figure["alert"], finding.figure.limit)
        if any(edge is not None and number(edge) != self._format_number(figure, edge, company) for edge in edges):
            shown = self._format_number(figure, figure["value"], company, digits=2)
        return {
            "value": shown,
            "previous": number(figure["previous"]),
            "healthy": number(figure["healthy"]),
            "alert": number(figure["alert"]),
            "limit": number(finding.figure.limit),
            "limit_days": f"{figure.get('limit_days') or 0:g}",
            "usual": number(finding.figure.usual),
            "runs": finding.figure.bad_runs,
            "sample": figure["sample"],
        }

    @api.model
    def _format_number(self, figure, value, company, digits=None):
        """:return: a number with the unit that it had when the report was made"""
        if value is None:
            return self.env._("no data")
        unit = figure["unit"]
        if unit == "money":
            return self.env["res.currency"].sudo().browse(figure["currency_id"]).format(value)
        if digits is None:
            digits = 0 if unit == "count" and value == int(value) else DIGITS.get(unit, 2)
        number = self._format_float(value, digits)
        units = dict(self.env["sales.process.kpi"]._fields["unit"]._description_selection(self.env))
        return number if unit in ("count", "number", "score") else f"{number} {units[unit].lower()}"

    @api.model
    def _format_float(self, value, digits):
        """As the reader's language writes it, and without the invisible sign that keeps a minus on its line."""
        number = self.env["ir.qweb.field.float"].value_to_html(value, {"precision": digits})
        return number.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "")

    @api.model
    def _say_alert(self, values):
        return self.env._("%(value)s, beyond the alert value of %(alert)s.", **values)

    @api.model
    def _say_still_alert(self, values):
        return self.env._("%(value)s, beyond the alert value of %(alert)s for %(runs)s periods in a row.", **values)

    @api.model
    def _say_over_limit(self, values):
        return self.env._(
            "%(value)s, where the limit of %(limit_days)s working days is about %(limit)s (%(sample)s deals).",
            **values,
        )

    @api.model
    def _say_left_healthy(self, values):
        return self.env._("%(value)s, no longer healthy, which begins at %(healthy)s.", **values)

    @api.model
    def _say_outlier(self, values):
        return self.env._("%(value)s, where the other stages have %(usual)s (%(sample)s deals).", **values)

    @api.model
    def _say_worse(self, values):
        return self.env._("Worse, from %(previous)s to %(value)s.", **values)

    @api.model
    def _say_recovered(self, values):
        return self.env._("Recovered to %(value)s.", **values)

    @api.model
    def _say_better(self, values):
        return self.env._("Better, from %(previous)s to %(value)s.", **values)

    @api.model
    def _say_watched(self, values):
        return self.env._("%(value)s, not healthy yet, which begins at %(healthy)s.", **values)

    @api.model
    def _say_no_data(self, values):
        return self.env._("No data in this period; it was %(previous)s before.", **values)

    @api.model
    def _say_before(self, trend, values):
        if trend == "better":
            return self.env._("It was %(previous)s before, so it is getting better.", **values)
        if trend == "worse":
            return self.env._("It was %(previous)s before, so it is getting worse.", **values)
        return self.env._("It has not changed since the period before.")

    @api.model
    def _get_headline(self, snapshot):
        """How the period went, in a sentence."""
        judged = [figure for figure in snapshot["kpis"] if figure["has_bands"] and figure["value"] is not None]
        if not judged:
            return self.env._("No indicator has a value that could be judged yet.")
        bands = [figure["band"] for figure in judged]
        return self.env._(
            "Indicators judged: %(count)s. Healthy: %(healthy)s, watched: %(watch)s, in alert: %(alert)s "
            "(in the period before: %(before)s).",
            count=len(judged),
            healthy=bands.count("healthy"),
            watch=bands.count("watch"),
            alert=bands.count("alert"),
            before=[figure["band_before"] for figure in snapshot["kpis"]].count("alert"),
        )

    @api.model
    def _get_sections(self, snapshot, company):
        """What a reader is told, in the order of reading.

        :return: {"headline": sentence, "first": at most three findings that ask for something to be done, "nodes": of
            stages and departments all that are abnormal, "changes": what else got better or worse, "others": the rest}
        """
        judged = self._judge(snapshot)
        first = {finding.figure.key for finding in rules.first_to_look_at(finding for finding, _figure in judged)}
        sections = {"headline": self._get_headline(snapshot), "first": [], "nodes": [], "changes": [], "others": []}
        for finding, figure in judged:
            entry = self._explain(finding, figure, company)
            abnormal = finding.figure.is_node and finding.severity in ("critical", "warning")
            if finding.figure.key in first:
                sections["first"].append(entry)
            if abnormal:
                sections["nodes"].append(entry)
            elif finding.figure.key not in first:
                changed = finding.figure.trend in ("better", "worse") or finding.rule == "no_data"
                sections["changes" if changed else "others"].append(entry)
        return sections
