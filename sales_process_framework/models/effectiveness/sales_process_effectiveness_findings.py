from odoo import api, models

SEVERITIES = {"only_costs": "warning", "overridden": "warning", "stops_nobody": "info", "helps": "good"}


class SalesProcessEffectivenessFindings(models.AbstractModel):
    """Gates worth talking about, for the agenda of a review."""

    _name = "sales.process.effectiveness.findings"
    _description = "Findings about Gates"

    @api.model
    def _get_findings(self, company, period):
        """Gates of a company's period that only cost time, are mostly passed by, stop nobody, or help.

        Of all versions that are in use. The figures are those of whoever asks: deals they may not see count nowhere.

        :param company: one of the user's companies
        :param period: :class:`~..tools.period.Period`
        :return: as ``sales.process.health.report._get_findings``
        :raise AccessError: for a company that is none of the user's, or a user who does not see all deals
        """
        company.check_access("read")
        self._check_reader()
        found = []
        for process in self._get_processes(company).filtered(lambda each: each.state in ("active", "pilot")):
            filters = self._prepare_filters(company, process, self.env["crm.team"], period.start, period.stop)
            found += [
                self._prepare_finding(process, row, flag)
                for row in self._get_rows(filters)
                for flag in row["flags"]
                if flag in SEVERITIES
            ]
        order = list(SEVERITIES)
        return sorted(found, key=lambda finding: order.index(finding["code"].removeprefix("gate_")))

    @api.model
    def _prepare_finding(self, process, row, flag):
        return {
            "code": f"gate_{flag}",
            "severity": SEVERITIES[flag],
            "title": self.env._(
                "%(process)s, stage “%(stage)s”: %(requirement)s",
                process=process.display_name,
                stage=row["stage"],
                requirement=row["name"],
            ),
            "text": self._say(row, flag),
            "advice": self._advise(flag),
            "model": "sales.process.requirement",
            "res_id": row["id"],
            "domain": False,
            "is_node": True,
            "kpi_id": False,
            "kpi_code": False,
            "stage_id": row["stage_id"],
            "process_id": process.id,
            "department_id": False,
            "value": row["rate_with"],
            "previous": None,
        }

    @api.model
    def _say(self, row, flag):
        values = {
            "asked": row["asked"],
            "refused": row["refused"],
            "overridden": row["overridden"],
            "days": "–" if row["days"] is None else f"{row['days']:.1f}",
            "delayed": row["delayed"],
            "with_rate": self._format_rate(row["rate_with"]),
            "without_rate": self._format_rate(row["rate_without"]),
        }
        if flag == "only_costs":
            return self.env._(
                "It refused %(refused)s of %(asked)s deals and held %(delayed)s up for %(days)s days (median), with no "
                "sign of a better win rate: %(with_rate)s with it, %(without_rate)s without. Not causal.",
                **values,
            )
        if flag == "overridden":
            return self.env._("%(overridden)s of %(asked)s deals were let pass without it.", **values)
        if flag == "stops_nobody":
            return self.env._("%(asked)s deals came to it, and none was ever stopped.", **values)
        return self.env._(
            "Deals that met it were won more often: %(with_rate)s with it, %(without_rate)s without. Not causal.",
            **values,
        )

    @api.model
    def _format_rate(self, rate):
        return self.env._("no data") if rate is None else f"{rate:.0f} %"

    @api.model
    def _advise(self, flag):
        return {
            "only_costs": self.env._("Make it easier to meet, recommend it only, or leave it out of the next version."),
            "overridden": self.env._(
                "Say when it applies, or recommend it only: an exception that is the rule is none."
            ),
            "stops_nobody": self.env._("Leave it out, or ask for what would tell good deals from bad ones."),
        }.get(flag, "")
