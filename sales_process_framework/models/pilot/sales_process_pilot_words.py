from odoo import models
from odoo.tools.misc import formatLang

#: Of a difference in differences and of the log-rank test the effect has its own unit.
SHARES = ("proportions", "fisher", "did_proportions")


class SalesProcessPilotWords(models.AbstractModel):
    """Numbers of a pilot in plain words, in the reader's language."""

    _name = "sales.process.pilot.words"
    _description = "Words of Pilots"

    def _say_number(self, value, digits=2):
        """At most so many digits behind the point, and none that say nothing."""
        if value is None:
            return "–"
        while digits and round(value, digits) == round(value, digits - 1):
            digits -= 1
        return formatLang(self.env, value, digits=digits)

    def _say_percent(self, value, signed=False):
        if value is None:
            return "–"
        number = self._say_number(value, 1)
        sign = "+" if signed and value > 0 else ""
        return self.env._("%(number)s %%", number=f"{sign}{number}")

    def _say_p(self, pvalue):
        return "p < 0.001" if pvalue < 0.001 else f"p = {self._say_number(pvalue, 3)}"

    def _say_value(self, kpi, method, value):
        """A value of an arm with its unit."""
        if value is None:
            return self.env._("not reached yet")
        if method in SHARES:
            return self._say_percent(100 * value)
        if kpi.aggregation == "ratio" and kpi.unit == "percent":
            return self._say_percent(100 * value)
        if method in ("logrank", "did_survival"):
            return self.env._("%s days", self._say_number(value, 1))
        return kpi._format_value(value)

    # ------------------------------------------------------------------
    # The effect
    # ------------------------------------------------------------------

    def _say_effect(self, packed):
        """:param packed: a comparison as ``_pack`` keeps it
        :return: what each arm shows, and the effect with its interval
        """
        kpi = self.env["sales.process.kpi"].sudo().browse(packed["kpi_id"])
        method = packed["method"]
        if method == "none":
            return self.env._("%s: not enough data.", kpi.name)
        base, sample = (self._say_value(kpi, method, value) for value in packed["values"])
        facts = {
            "kpi": kpi.name,
            "base": base,
            "sample": sample,
            "effect": self._say_size(kpi, packed, packed["effect"]),
            "low": self._say_size(kpi, packed, packed["low"]),
            "high": self._say_size(kpi, packed, packed["high"]),
        }
        if method == "logrank":
            text = self.env._(
                "%(kpi)s: half of the deals are won after %(sample)s with the candidate, after %(base)s with the "
                "baseline. On any day a deal of the candidate is won %(effect)s times as likely (interval %(low)s to "
                "%(high)s).",
                **facts,
            )
        elif method.startswith("did"):
            text = self.env._(
                "%(kpi)s: %(sample)s in the pilot teams, where %(base)s would be expected had they changed like the "
                "others: a difference of %(effect)s (interval %(low)s to %(high)s).",
                **facts,
            )
        else:
            text = self.env._(
                "%(kpi)s: %(sample)s with the candidate, %(base)s with the baseline: a difference of %(effect)s "
                "(interval %(low)s to %(high)s).",
                **facts,
            )
        if packed.get("relative"):
            middle, low, high = (self._say_percent(side, signed=True) for side in packed["relative"])
            text += " " + self.env._(
                "Relative to the baseline %(middle)s (%(low)s to %(high)s).", middle=middle, low=low, high=high
            )
        return text

    def _say_size(self, kpi, packed, value):
        if value is None:
            return "–"
        if packed["method"] == "logrank":
            return self._say_number(value, 2)
        if packed["method"] in SHARES or (kpi.aggregation == "ratio" and kpi.unit == "percent"):
            return self.env._("%s points", self._say_number(100 * value, 1))
        return self._say_value(kpi, packed["method"], value)

    def _say_certainty(self, packed):
        """A p of one look among several is none: there the interval says it, which is made for many looks."""
        if packed.get("pvalue") is None:
            return ""
        if packed.get("descriptive"):
            return self.env._("The interval knows of chance among leads, not of what befell a team.")
        if self.design == "fixed":
            return self._say_p(packed["pvalue"])
        return self.env._("The interval is widened for the looks on the way.")

    def _say_method(self, method):
        """:return: the name of the test, and why it is this one"""
        return {
            "none": self.env._("No test: an arm has too few records."),
            "proportions": self.env._(
                "Chi-squared test of two proportions, with Newcombe’s interval: each lead counts or does not."
            ),
            "fisher": self.env._(
                "Fisher’s exact test, with Newcombe’s interval: each lead counts or does not, and there are few."
            ),
            "mann_whitney": self.env._(
                "Mann–Whitney test, with the shift and interval of Hodges and Lehmann: such figures are skewed, and "
                "ranks need no bell curve and mind no outlier."
            ),
            "logrank": self.env._(
                "Log-rank test: deals still open or lost are counted as not won yet (censored), so that slow deals "
                "are not left out."
            ),
            "did_proportions": self.env._(
                "Difference in differences of shares: teams were not drawn at random, so it is their change that is "
                "compared."
            ),
            "did_means": self.env._(
                "Difference in differences of means: teams were not drawn at random, so it is their change that is "
                "compared."
            ),
            "did_survival": self.env._(
                "Difference in differences of restricted mean times: teams were not drawn at random, so it is their "
                "change that is compared, with open deals censored."
            ),
        }[method]

    # ------------------------------------------------------------------
    # The verdict
    # ------------------------------------------------------------------

    def _say_verdict(self):
        """One paragraph that needs no knowledge of statistics."""
        self.ensure_one()
        pilot = self.sudo()
        if pilot.state == "draft":
            return self.env._("The pilot has not begun.")
        facts = {
            "kpi": pilot.kpi_id.name,
            "count": int((pilot.analysis or {}).get("information") or 0),
            "size": pilot.planned_size,
        }
        if pilot.verdict == "better":
            return self.env._(
                "The candidate is better: the difference in “%(kpi)s” is more than chance explains.", **facts
            )
        if pilot.verdict == "worse":
            return self.env._(
                "The candidate is worse: the difference in “%(kpi)s” is more than chance explains.", **facts
            )
        if pilot.verdict == "no_difference":
            return self.env._(
                "No difference in “%(kpi)s” was shown with the planned %(size)s records. An effect smaller than the "
                "one the pilot was planned for can still be there.",
                **facts,
            )
        if pilot.verdict == "described":
            return self.env._(
                "The planned records of “%(kpi)s” are there. With so few teams a difference may be one of a team and "
                "not of the version, so it is described below and nothing is concluded from it.",
                **facts,
            )
        text = self.env._("Not enough data: %(count)s of the planned %(size)s records.", **facts)
        if self._is_descriptive():
            text += " " + self.env._("With so few teams the difference will be described and nothing be concluded.")
        elif pilot.design == "sequential" and (pilot.looks or {}).get("primary"):
            text += " " + self.env._("So far the difference is within what chance explains at this point.")
        elif pilot.design == "fixed":
            text += " " + self.env._("The arms are compared once, when all are there; until then nothing is concluded.")
        if pilot.state == "analysis":
            text += " " + self.env._("The time is over: extend the pilot or drop it.")
        return text

    def _is_descriptive(self):
        """:return: whether there are too few teams to conclude anything from the last look"""
        primary = (self.sudo().analysis or {}).get("primary") or {}
        return bool(primary.get("descriptive"))

    def _say_look(self):
        """How far the last look is from a verdict."""
        looks = (self.sudo().looks or {}).get("primary") or []
        if not looks or self._is_descriptive():
            return ""
        last = looks[-1]
        return self.env._(
            "Look %(number)s at %(share)s of the plan: z = %(z)s, bound ±%(bound)s.",
            number=len(looks),
            share=self._say_percent(100 * last["share"]),
            z=self._say_number(last["z"]),
            bound=self._say_number(last["bound"]),
        )

    # ------------------------------------------------------------------
    # Assumptions and warnings
    # ------------------------------------------------------------------

    def _say_check(self, check):
        """:param check: [code, holds, values]
        :return: (sentence, True, False or None)
        """
        code, holds, values = check
        sentences = {
            "expected_counts": self.env._("Enough cases in each cell (smallest expected count %(smallest)s)."),
            "same_shape": self.env._("Both arms spread alike, so that the shift says how much."),
            "proportional_hazards": self.env._("The candidate’s lead is the same early and late in a deal."),
            "same_censoring": self.env._("Both arms have about the same share of deals without an end."),
            "sample_ratio": self.env._("The arms are as large as the draw meant them (%(baseline)s, %(candidate)s)."),
            "clusters": self.env._(
                "Enough people were drawn (%(count)s); leads of one person are alike (ρ = %(correlation)s), which "
                "the test takes into account."
            ),
            "parallel_trends": self.env._("Before the start both groups of teams changed alike."),
            "few_teams": self._say_teams(holds),
            "history": self.env._(
                "Compared with the past: whatever else changed meanwhile counts as an effect of the candidate."
            ),
            "same_age": self._say_age(),
            "baseline_stable": self.env._("The baseline was in use all the time."),
            "no_crossing": self.env._("All leads stayed with the version of their arm.")
            if holds
            else self.env._(
                "Leads stayed with the version of their arm (%(count)s did not; they count with the arm they were "
                "drawn for)."
            ),
        }
        text = sentences.get(code, code)
        return text % values if "%(" in text else text, holds

    def _say_teams(self, holds):
        if holds is None:
            # of pilots that were judged by their leads
            return self.env._("%(count)s teams: with so few, an effect may be one of a team and not of the version.")
        if holds:
            return self.env._(
                "Enough teams (%(count)s): each counts as one, so that what befell a single team is not taken for an "
                "effect."
            )
        return self.env._(
            "%(count)s teams with enough records before and since: with fewer than 4, an effect may be one of a team "
            "and not of the version, so it is described and nothing is concluded."
        )

    def _say_age(self):
        return self.env._(
            "Leads of the past and of the pilot are followed equally long: they are taken in batches of %(step)s days, "
            "and of each batch counts what happened until its last lead was %(age)s days old. Younger leads wait, so "
            "that quick deals are not compared with all deals."
        )

    def _say_warning(self, warning):
        code, values = warning
        sentences = {
            "too_short": self.env._(
                "%(cycles)s sales cycles are %(length)s days; the leads needed come in about %(days)s days. Choose "
                "more cycles, more teams or a larger effect."
            ),
            "cycles": self.env._("%(cycles)s sales cycles: 1 to 3 are usual, later the market itself changes."),
            "teams": self.env._("%(count)s teams: 1 or 2 are usual, so that a mistake stays small."),
            "industries": self.env._("%(count)s industries: with 1 or 2 the leads are more alike."),
            "clusters": self.env._(
                "People differ: drawing them as a whole needs %(effect)s times as many leads. Draw leads instead if "
                "one person can work by two versions."
            ),
            "history": self.env._(
                "Compared with the past: seasons and everything else that changes will count as an effect."
            ),
            "same_age": self._say_age(),
            "few_teams": self.env._(
                "Only %(count)s teams: an effect may be one of a team and not of the version, so it will be described "
                "and nothing concluded. With 4 and more each counts as one."
            ),
            "no_guardrail": self.env._("No guardrail: nothing warns you when something else gets worse."),
            "no_people": self.env._("The pilot teams have no members."),
            "few_people": self.env._("Only %(count)s people to draw from: draw leads instead."),
            "seniority": self.env._(
                "Experience differs: %(pilot)s %% of the pilot teams have more than a year, of the others "
                "%(control)s %%."
            ),
            "shared_people": self.env._("They sell for both groups of teams: %(names)s."),
            "overlap": self.env._("“%(pilot)s” is planned or runs with %(teams)s too; a lead takes part in one only."),
        }
        if code == "one_seniority":
            return (
                self.env._("All %(count)s people are experienced: the result may not hold for new ones.", **values)
                if values["senior"]
                else self.env._("All %(count)s people are new: the result may not hold for others.", **values)
            )
        return sentences[code] % values if "%(" in sentences[code] else sentences[code]
