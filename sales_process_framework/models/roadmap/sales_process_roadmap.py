from datetime import date, timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import roadmap
from ...tools.period import Period, local_day, utc_edges
from ...tools.roadmap import Span

#: What a bar can stand for.
KINDS = ("improvement", "version", "pilot", "review", "rollout")
GROUPS = ("process", "state", "owner")
#: Years that can be looked at.
YEARS = (2000, 2100)
#: Without a planned end an improvement shows for so many days.
UNPLANNED_DAYS = 30
#: A year with more is looked at in parts.
MOST = 400


class SalesProcessRoadmap(models.AbstractModel):
    """The improvements of a year on a timeline, with the versions, pilots and reviews around them (S6.5)."""

    _name = "sales.process.roadmap"
    _description = "Roadmap"

    @api.model
    @api.readonly
    def get_roadmap(self, year=False, group="process", kinds=None, process_id=False):
        """The roadmap of a year in the current company, as far as the user may see what is on it.

        :param year: number; the present year of the company unless said otherwise
        :param group: one of :data:`GROUPS`: what the lanes are
        :param kinds: list of :data:`KINDS`; all unless said otherwise
        :param process_id: only what belongs to this process, whichever version
        :return: {"year", "group", "kinds", "process_id", "today": ISO day or False when another year is shown,
            "lanes": [{"key", "name", "rows": number, "bars": [bar]}], "undated": [bar], "funnel": [{"key", "label",
            "count", "share"}], "processes": [{"id", "name"}], "can_edit", "truncated"}; a bar is {"key", "kind",
            "model", "id", "name", "state", "state_label", "owner", "start", "stop": ISO days, "row", "point": whether
            it is one day, "clipped_start", "clipped_stop", "can_move", "verdict"}
        :raise UserError: year, group or kind that there is none of
        """
        company = self.env.company
        today = company._get_sales_today()
        year = int(year or today.year)
        kinds = list(kinds) if kinds else list(KINDS)
        if group not in GROUPS or set(kinds) - set(KINDS) or not YEARS[0] <= year <= YEARS[1]:
            raise UserError(self.env._("There is no such roadmap."))
        family = self._get_family(process_id)
        can_edit = self.env["sales.process.improvement"].has_access("write")
        bars, undated = [], []
        for kind in kinds:
            for bar in getattr(self, f"_find_{kind}s")(year, company, family):
                (bars if bar["start"] else undated).append(bar)
        bars.sort(key=lambda bar: (bar["start"], bar["key"]))
        return {
            "year": year,
            "group": group,
            "kinds": kinds,
            "process_id": family[:1].id if process_id else False,
            "today": today.isoformat() if today.year == year else False,
            "lanes": self._make_lanes(bars[:MOST], group, year),
            "undated": undated[:MOST],
            "funnel": self._count_loop(year, company, family),
            "processes": self._get_processes(company),
            "can_edit": can_edit,
            "truncated": len(bars) > MOST,
        }

    def _get_family(self, process_id):
        processes = self.env["sales.process"]
        if not process_id:
            return processes
        process = processes.search([("id", "=", int(process_id))])
        return process | process._get_versions()

    def _get_processes(self, company):
        """The last version of each process: earlier ones are shown with it."""
        processes = self.env["sales.process"].search([("company_id", "in", (company.id, False))])
        latest = processes - processes.predecessor_id
        return [{"id": process.id, "name": process.name} for process in latest.sorted(lambda row: (row.name, row.id))]

    # -- lanes -----------------------------------------------------------------------

    def _make_lanes(self, bars, group, year):
        lanes = {}
        for bar in bars:
            key, name = bar.pop("lanes")[group]
            lanes.setdefault(key, {"key": str(key), "name": name, "bars": []})["bars"].append(bar)
        for lane in lanes.values():
            spans = []
            for bar in lane["bars"]:
                whole = Span(bar["key"], date.fromisoformat(bar["start"]), date.fromisoformat(bar["stop"]))
                shown = roadmap.clip(whole, year)
                spans.append(shown)
                bar["clipped_start"] = shown.start != whole.start
                bar["clipped_stop"] = shown.stop != whole.stop
            rows = roadmap.pack(spans)
            for bar in lane["bars"]:
                bar["row"] = rows[bar["key"]]
            lane["rows"] = max(rows.values()) + 1
        return sorted(lanes.values(), key=lambda lane: (not lane["name"], lane["name"], lane["key"]))

    def _make_bar(self, kind, record, name, start, stop, process=None, owner=None, **vals):
        """:param process: what lane it is in by process; None for the company as a whole"""
        process = process or self.env["sales.process"]
        owner = owner or self.env["res.users"]
        whole = self.env._("Whole company")
        label = self._get_state_label(record)
        return {
            "key": f"{kind} {record.id}",
            "kind": kind,
            "model": record._name,
            "id": record.id,
            "name": name,
            "state": record.state,
            "state_label": label,
            "owner": owner.name or "",
            "start": start.isoformat() if start else False,
            "stop": (stop or start).isoformat() if start else False,
            "point": bool(start) and start == (stop or start),
            "can_move": False,
            "verdict": "",
            "lanes": {
                # Versions of one process share a lane: their name is the same.
                "process": (process.name or "", process.name or whole),
                "state": (f"{kind} {record.state}", f"{self._get_kind_labels()[kind]}: {label}"),
                "owner": (owner.id, owner.name or self.env._("Nobody")),
            },
            **vals,
        }

    def _get_kind_labels(self):
        return {
            "improvement": self.env._("Improvement"),
            "version": self.env._("Version"),
            "pilot": self.env._("Pilot"),
            "review": self.env._("Review"),
            "rollout": self.env._("Rollout"),
        }

    @api.model
    def _get_state_label(self, record):
        return dict(record._fields["state"]._description_selection(self.env)).get(record.state, "")

    # -- what is on it ----------------------------------------------------------------

    def _find_improvements(self, year, company, family):
        """Planned by its dates; else from when it was accepted until it came into use; else it has no place yet."""
        domain = Domain("company_id", "=", company.id)
        if family:
            domain &= Domain("process_id", "in", family.ids) | Domain("version_id", "in", family.ids)
        improvements = self.env["sales.process.improvement"].search(domain)
        can_edit = improvements.has_access("write")
        verdicts = dict(improvements._fields["verdict"]._description_selection(self.env))
        bars = []
        for idea in improvements:
            start = idea.date_start or idea.date_accepted or idea.date_in_use
            stop = idea.date_end or idea.date_in_use
            if start:
                stop = max(stop or start + timedelta(days=UNPLANNED_DAYS), start)
                if not roadmap.clip(Span(idea.id, start, stop), year):
                    continue
            elif idea.state in ("dropped", "measured"):
                continue
            bars.append(
                self._make_bar(
                    "improvement",
                    idea,
                    idea.name,
                    start,
                    stop,
                    idea.process_id or idea.version_id,
                    idea.user_id,
                    can_move=can_edit and idea.state not in ("measured", "dropped"),
                    verdict=verdicts.get(idea.verdict, ""),
                    point=False,
                )
            )
        return bars

    def _get_year(self, year, company):
        return utc_edges(Period(date(year, 1, 1), date(year, 12, 31), "year"), company._get_sales_timezone())

    def _find_versions(self, year, company, family):
        start, stop = self._get_year(year, company)
        domain = Domain(
            [
                ("company_id", "in", (company.id, False)),
                ("date_activated", ">=", start),
                ("date_activated", "<", stop),
            ]
        )
        if family:
            domain &= Domain("id", "in", family.ids)
        zone = company._get_sales_timezone()
        return [
            self._make_bar(
                "version", process, process.display_name, local_day(process.date_activated, zone), None, process
            )
            for process in self.env["sales.process"].with_context(active_test=False).search(domain)
        ]

    def _find_pilots(self, year, company, family):
        pilots = self.env["sales.process.pilot"]
        if not pilots.has_access("read"):
            return []
        start, stop = self._get_year(year, company)
        domain = Domain([("company_id", "=", company.id), ("state", "!=", "draft"), ("date_start", "<", stop)])
        domain &= Domain("date_closed", "=", False) | Domain("date_closed", ">=", start)
        if family:
            domain &= Domain("candidate_process_id", "in", family.ids)
        zone = company._get_sales_timezone()
        today = company._get_sales_today()
        bars = []
        for pilot in pilots.search(domain):
            first = local_day(pilot.date_start, zone)
            end = pilot.date_closed or pilot.date_end
            last = max(local_day(end, zone) if end else today, first)
            if roadmap.clip(Span(pilot.id, first, last), year):
                process = pilot.sudo().candidate_process_id
                bars.append(self._make_bar("pilot", pilot, pilot.name, first, last, process, pilot.user_id))
        return bars

    def _find_reviews(self, year, company, family):
        if family:
            # They are of the whole company.
            return []
        start, stop = self._get_year(year, company)
        zone = company._get_sales_timezone()
        reviews = self.env["sales.process.review"].search(
            [("company_id", "=", company.id), ("date", ">=", start), ("date", "<", stop)]
        )
        return [
            self._make_bar("review", review, review.name, local_day(review.date, zone), None, None, review.user_id)
            for review in reviews
        ]

    def _find_rollouts(self, year, company, family):
        """From the start, or the first planned phase, to the end, or the last planned phase."""
        rollouts = self.env["sales.process.rollout"]
        if not rollouts.has_access("read"):
            return []
        domain = Domain("company_id", "=", company.id)
        if family:
            domain &= Domain("process_id", "in", family.ids)
        zone = company._get_sales_timezone()
        today = company._get_sales_today()
        bars = []
        for rollout in rollouts.search(domain):
            planned = [day for day in rollout.phase_ids.mapped("date_planned") if day]
            first = local_day(rollout.date_start, zone) if rollout.date_start else min(planned, default=None)
            if not first:
                continue
            last = local_day(rollout.date_done, zone) if rollout.date_done else max([first, *planned])
            if rollout.state == "running":
                last = max(last, today)
            if roadmap.clip(Span(rollout.id, first, max(first, last)), year):
                bars.append(
                    self._make_bar(
                        "rollout",
                        rollout,
                        rollout.name,
                        first,
                        max(first, last),
                        rollout.process_id,
                        rollout.user_id,
                        point=False,
                    )
                )
        return bars

    # -- the loop -----------------------------------------------------------------------

    def _count_loop(self, year, company, family):
        """Of the ideas of the year: how many were accepted, came into a version, into use, and were measured."""
        start, stop = self._get_year(year, company)
        domain = Domain([("company_id", "=", company.id), ("create_date", ">=", start), ("create_date", "<", stop)])
        if family:
            domain &= Domain("process_id", "in", family.ids) | Domain("version_id", "in", family.ids)
        steps = [
            ("idea", self.env._("Ideas"), Domain.TRUE),
            ("accepted", self.env._("Accepted"), Domain("date_accepted", "!=", False)),
            ("in_version", self.env._("In a version"), Domain("state", "in", ("in_version", "measured"))),
            (
                "in_use",
                self.env._("In use"),
                Domain("state", "in", ("in_version", "measured")) & Domain("date_in_use", "!=", False),
            ),
            ("measured", self.env._("Measured"), Domain("state", "=", "measured")),
            (
                "better",
                self.env._("Better than before"),
                Domain("state", "=", "measured") & Domain("verdict", "=", "better"),
            ),
        ]
        Improvement = self.env["sales.process.improvement"].with_context(active_test=False)
        counts = [Improvement.search_count(domain & step) for _key, _label, step in steps]
        return [
            {"key": key, "label": label, **part}
            for (key, label, _domain), part in zip(steps, roadmap.funnel(counts), strict=True)
        ]
