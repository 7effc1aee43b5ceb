import logging

from scipy import stats

from odoo import api, fields, models

from ...tools import pilot_sequential
from .pilot_labels import ENROLLING, UNDER_WAY

_logger = logging.getLogger(__name__)


class SalesProcessPilotVerdict(models.AbstractModel):
    """Looks at the data when the design allows it, and nothing said in between."""

    _name = "sales.process.pilot.verdict"
    _description = "Verdicts of Pilots"

    @api.model
    def _cron_follow_pilots(self):
        """Scheduled action, daily: late leads, the figures of the day, a look at the data."""
        pilots = self.env["sales.process.pilot"].search([("state", "in", UNDER_WAY)], order="id")
        progress = self.env["ir.cron"]._commit_progress
        if not progress(remaining=len(pilots)):
            return
        error = None
        for pilot in pilots:
            try:
                with self.env.cr.savepoint():
                    pilot._follow()
            except Exception as problem:
                _logger.exception("Pilot %s cannot be followed", pilot.id)
                error = problem
            if not progress(1):
                break
        if error:
            raise error

    def action_follow(self):
        """The same at once, for whoever cannot wait for the night; looks remain as far apart as the design says."""
        self.check_access("write")
        self.sudo().filtered(lambda pilot: pilot.state in UNDER_WAY)._follow_each()
        return True

    def _follow_each(self):
        for pilot in self:
            pilot._follow()

    def _follow(self):
        """Bring one pilot up to date."""
        self.ensure_one()
        while self._enroll_latecomers():
            self.env.flush_all()
        self._record_day()
        self._analyse()

    # ------------------------------------------------------------------
    # Looks
    # ------------------------------------------------------------------

    def _analyse(self):
        """Take a look when it is time for one, watch the guardrails, and end what is over."""
        self.ensure_one()
        method = (self.plan or {}).get("method") or self._get_method(self.kpi_id)
        alpha = self.alpha / 100
        looks = self.looks or {}
        primary = looks.get("primary", [])
        comparison = self._compare(self.kpi_id, method, alpha)
        share = comparison.information / self.planned_size if self.planned_size else 0.0
        analysis = dict(self.analysis or {})
        analysis["information"] = comparison.information
        analysis["share"] = round(share, 4)
        verdict = None
        shares = [look["share"] for look in primary]
        if not self.verdict_date and self._is_time_to_look(shares, share) and comparison.tested:
            look, kept = self._take_look(method, shares, min(share, 1.0), alpha, comparison)
            primary = [*primary, look]
            analysis["primary"] = kept
            analysis["plot"] = self._get_plot(method)
            analysis["checks"] = [[check.code, check.holds, check.values] for check in self._get_checks()]
            verdict = self._judge(look, kept)
        watched = self._watch_guardrails(looks, share, alpha, analysis)
        # sudo: kept by the pilot itself
        self.sudo().write(
            {
                "looks": {"primary": primary, **watched},
                "analysis": analysis,
                "analysed_on": self._now(),
            }
        )
        self._conclude(verdict)

    def _is_time_to_look(self, shares, share):
        if self.design == "fixed":
            return share >= 1 and not shares
        return pilot_sequential.is_time_to_look(shares, share)

    def _take_look(self, method, shares, share, alpha, comparison):
        """:return: (the look, the comparison with the interval that stays valid under peeking)"""
        bound = pilot_sequential.bounds([*shares, share], alpha)[-1] if self.design == "sequential" else None
        if bound is None:
            bound = float(stats.norm.isf(alpha / 2))
        elif not comparison.descriptive:
            comparison = self._compare(self.kpi_id, method, 2 * float(stats.norm.sf(bound)))
        look = {
            "share": round(share, 6),
            "z": round(comparison.z, 4),
            "bound": round(bound, 4),
            "date": fields.Datetime.to_string(self._now()),
        }
        return look, self._pack(self.kpi_id, comparison, alpha)

    def _judge(self, look, kept):
        """:return: the verdict, None to go on"""
        if kept["descriptive"]:
            return "described" if look["share"] >= 1 else None
        if abs(look["z"]) >= look["bound"]:
            return "better" if kept["good"] else "worse"
        return "no_difference" if look["share"] >= 1 else None

    def _watch_guardrails(self, looks, share, alpha, analysis):
        """Look at the guardrails as often as at the primary indicator, with bounds that notice early.

        The error is shared out among them; a figure counts as broken when it is worse beyond its bound. Each has its
        own bounds: deals that are won say something about revenue weeks after they said something about conversion.
        They do not wait for the primary indicator either: the calendar calls for looks as well.

        :param looks: as kept; of pilots that began before guardrails had bounds of their own without "watched"
        :return: {"guardrails": shares of the plan, or of its time, at which they were looked at, "watched": {id of the
            indicator: [[share, records that the figure rested on] of each look that it was tested at]}}
        """
        guardrails = self.guardrail_ids
        shares, watched = looks.get("guardrails", []), looks.get("watched", {})
        share = self._get_clock(share)
        if not guardrails or not pilot_sequential.is_time_to_look(shares, share):
            return {"guardrails": shares, "watched": watched}
        level = alpha / len(guardrails)
        kept, broken, now_watched = [], dict(self.breaches or {}), dict(watched)
        for kpi in guardrails:
            key = str(kpi.id)
            comparison = self._compare(kpi, self._get_method(kpi), level)
            before = watched.get(key, [])
            if shares and "watched" not in looks:
                before = [[earlier, comparison.information * earlier / share] for earlier in shares]
            look = comparison.tested and pilot_sequential.watch(before, share, comparison.information, level)
            if not look:
                kept.append({**self._pack(kpi, comparison, level), "broken": key in broken})
                continue
            now_watched[key], bound = look
            comparison = self._compare(kpi, self._get_method(kpi), 2 * float(stats.norm.sf(bound)))
            packed = self._pack(kpi, comparison, level)
            packed["bound"] = round(bound, 4)
            packed["broken"] = bool(packed["good"] is False and abs(comparison.z) >= bound)
            if packed["broken"] and key not in broken:
                broken[key] = {"date": packed["date"], "values": packed["values"]}
            kept.append(packed)
        tested = [packed for packed in kept if packed["pvalue"] is not None]
        adjusted = pilot_sequential.holm([packed["pvalue"] for packed in tested])
        for packed, pvalue in zip(tested, adjusted, strict=True):
            packed["holm"] = pvalue
        analysis["guardrails"] = kept
        news = self.env["sales.process.kpi"].browse(int(key) for key in broken.keys() - (self.breaches or {}).keys())
        if news:
            # sudo: kept by the pilot itself
            self.sudo().breaches = broken
            self._tell_breach(news, descriptive=any(packed["descriptive"] for packed in kept))
        return {"guardrails": [*shares, round(min(share, 1.0), 6)], "watched": now_watched}

    def _get_clock(self, share):
        """:return: share of the plan, or of the time that it was planned to take"""
        length = self._get_length_days()
        elapsed = (self._now() - self.date_start).total_seconds() / 86400
        return pilot_sequential.clock(share, elapsed, min(self.expected_days or length, length))

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _conclude(self, verdict):
        if self.state not in ENROLLING:
            if verdict:
                self.sudo().write({"verdict": verdict, "verdict_date": self._now()})
            return
        if verdict:
            vals = {"verdict": verdict, "verdict_date": self._now(), "state": "analysis"}
        elif self.date_end and self._now() >= self.date_end:
            vals = {"state": "analysis"}
        else:
            return
        # sudo: kept by the pilot itself
        self.sudo().write(vals)
        self._tell_end()

    def _tell_end(self):
        user = self.user_id or self.create_uid
        pilot = self.with_context(lang=user.lang).sudo()
        text = pilot._say_verdict()
        pilot.message_post(body=text, subtype_xmlid="mail.mt_comment")
        if user.active:
            pilot.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=pilot.env._("Decide on the pilot: adopt, extend or drop"),
                note=text,
            )

    def _tell_breach(self, guardrails, descriptive=False):
        user = self.user_id or self.create_uid
        pilot = self.with_context(lang=user.lang).sudo()
        names = ", ".join(guardrails.with_context(lang=user.lang).mapped("name"))
        if descriptive:
            text = pilot.env._(
                "Guardrail broken: %s got worse in the pilot teams than in the others. With so few teams that may be "
                "one of a team and not of the candidate. Look at the report and decide whether the pilot goes on.",
                names,
            )
        else:
            text = pilot.env._(
                "Guardrail broken: %s got worse with the candidate, beyond what chance explains. Look at the report "
                "and decide whether the pilot goes on.",
                names,
            )
        pilot.message_post(body=text, subtype_xmlid="mail.mt_comment")
        if user.active:
            pilot.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=pilot.env._("Guardrail broken"), note=text
            )
