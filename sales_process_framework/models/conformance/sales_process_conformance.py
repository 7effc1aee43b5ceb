from collections import Counter, defaultdict

import numpy

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import conformance
from ..analysis.sales_process_analysis import RECORD_LIMIT
from .sales_process_conformance_facts import OUTCOMES

BASES = ("started", "closed")
#: Paths that are named; the others are counted together.
SHOWN_VARIANTS = 100


class _Tally:
    """Deals that have something in common: how many, what became of them, how long they took."""

    def __init__(self):
        self.counts, self.days, self.times, self.allowed = Counter(), [], 0, 0

    def add(self, group, times=1, allowed=False):
        self.counts.update(group.counts)
        self.days.append(group.days)
        self.times += times * group.total
        self.allowed += group.total if allowed else 0

    def describe(self, total):
        deals = self.counts.total()
        closed = self.counts["won"] + self.counts["lost"]
        return {
            "deals": deals,
            "share": 100.0 * deals / total if total else None,
            **{outcome: self.counts[outcome] for outcome in OUTCOMES},
            "win_rate": 100.0 * self.counts["won"] / closed if closed else None,
            "days": float(numpy.median(numpy.concatenate(self.days))) if deals else None,
        }


class SalesProcessConformance(models.AbstractModel):
    """How deals really go, beside the order of the process: what the path map shows, and the deals behind it."""

    _name = "sales.process.conformance"
    _description = "Conformance with the Process"
    _inherit = ["sales.process.conformance.facts"]

    @api.model
    @api.readonly
    def get_paths(self, filters=None, basis="started"):
        """The paths of deals along one version of a process.

        Fitness is that of a token replay, see :func:`~..tools.conformance.replay`. The allow-list lets deals count as
        following the process; fitness is measured without it.

        :param filters: see ``sales.process.analysis._resolve``
        :param basis: "started": deals that entered the process in the period, open ones too; "closed": those that
            closed in it
        :return: {"filters", "basis", "choices", "process": name, "stages": [{"id", "position", "name", "flexible",
            "is_won", "limit_days"}], "total", "outcome": figures of all, "conforming", "strict": deals without and
            with no deviation that is not allowed, "fitness": 0 … 1 or None, "rebuilt": deals, "variants": [{"path",
            "joined", "deviations": [{"kind", "position", "times", "allowed": deals}], "conforming": deals, figures}],
            "others": {"variants", "deals", "edges"}, "deviations": [{"kind", "position", "times", "allowed", figures}],
            "edges": [{"from", "to", "count", "days"}], "nodes": [{"position", "count", "days"}], "ends": [{"from",
            "outcome", "count"}], "allowed": the allow-list}; figures are "deals", "share" and "win_rate" in percent or
            None, "won", "lost", "archived", "open", "days": median or None
        :raise AccessError, UserError: who may not read this, or which filter is wrong
        """
        filters = self._resolve(filters)
        self._check_basis(basis)
        groups, times = self._read_paths(filters, basis)
        return {
            "filters": filters.values,
            "basis": basis,
            "choices": self._get_choices(filters),
            "process": filters.process.display_name or "",
            "stages": self._prepare_stages(filters),
            "allowed": self._prepare_allowed(filters),
            **self._analyse(filters, groups, times),
        }

    @api.model
    def _check_basis(self, basis):
        if basis not in BASES:
            raise UserError(self.env._("Deals are chosen by when they started or by when they closed."))

    @api.model
    def _prepare_stages(self, filters):
        return [
            {
                "id": stage.id,
                "position": position,
                "name": stage.name,
                "flexible": stage.flexible,
                "is_won": stage.is_won,
                "limit_days": stage.time_limit_days,
            }
            for position, stage in enumerate(self._get_stages(filters), 1)
        ]

    @api.model
    def _prepare_allowed(self, filters):
        return [
            {
                "id": rule.id,
                "name": rule.display_name,
                "kind": rule.kind,
                "reason": rule.reason,
                "tag": rule.tag_id.name or "",
                "team": rule.team_id.name or "",
                "by": rule.create_uid.name,
                "date": rule.create_date,
            }
            # sudo: names of the tag, the team and the person of a rule that the user may read
            for rule in self._get_rules(filters).sudo()
        ]

    @api.model
    def _analyse(self, filters, groups, times):
        model = self._get_model(filters)
        positions = {stage.id: position for position, stage in enumerate(self._get_stages(filters), 1)}
        rules = self._prepare_rules(self._get_rules(filters), positions)
        deviations = self._find_all_deviations(groups, model)
        everything = _Tally()
        by_deviation, by_variant, of_variant = defaultdict(_Tally), defaultdict(_Tally), defaultdict(Counter)
        conforming, strict = Counter(), 0
        replayed = conformance.Replay()
        for group in groups:
            found = deviations[group.key]
            present, allowed = self._get_allowed_deviations(group, found, rules, positions)
            everything.add(group)
            by_variant[group.key].add(group)
            for deviation in present:
                by_deviation[deviation].add(group, found.get(deviation, 1), deviation in allowed)
                if deviation in allowed:
                    of_variant[group.key][deviation] += group.total
            conforming[group.key] += group.total if present == allowed else 0
            strict += 0 if present else group.total
        for key, tally in by_variant.items():
            replayed += conformance.replay(key[0], model).times(tally.counts.total())
        total = everything.counts.total()
        ordered = sorted(by_variant, key=lambda key: (-by_variant[key].counts.total(), key))
        return {
            "total": total,
            "outcome": everything.describe(total),
            "conforming": conforming.total(),
            "strict": strict,
            "fitness": replayed.fitness,
            "rebuilt": sum(group.rebuilt for group in groups),
            "variants": [
                {
                    "path": list(key[0]),
                    "joined": key[1],
                    "conforming": conforming[key],
                    "deviations": [
                        {**self._name_deviation(deviation), "times": count, "allowed": of_variant[key][deviation]}
                        for deviation, count in sorted(deviations[key].items(), key=self._order_deviation)
                    ],
                    **by_variant[key].describe(total),
                }
                for key in ordered[:SHOWN_VARIANTS]
            ],
            "others": self._prepare_others(ordered[SHOWN_VARIANTS:], by_variant),
            "deviations": [
                {
                    **self._name_deviation(deviation),
                    "times": tally.times,
                    "allowed": tally.allowed,
                    **tally.describe(total),
                }
                for deviation, tally in sorted(
                    by_deviation.items(), key=lambda item: (-item[1].counts.total(), self._order_deviation(item))
                )
            ],
            **self._prepare_map(by_variant, times),
        }

    @api.model
    def _name_deviation(self, deviation):
        return {"kind": deviation.kind, "position": deviation.position}

    @api.model
    def _order_deviation(self, item):
        return conformance.KINDS.index(item[0].kind), item[0].position

    @api.model
    def _prepare_others(self, keys, by_variant):
        """What the paths that are not named add to the map."""
        counts = Counter()
        for key in keys:
            counts[key[0]] += by_variant[key].counts.total()
        return {"variants": len(keys), "deals": counts.total(), **self._prepare_edges(counts, {})}

    @api.model
    def _prepare_edges(self, counts, times):
        edges = conformance.count_edges(counts)
        nodes = Counter()
        for path, count in counts.items():
            for position in path:
                nodes[position] += count
        return {
            "edges": [
                {"from": pair[0], "to": pair[1], "count": count, "days": times.get(pair, (0, None))[1]}
                for pair, count in sorted(edges.items())
            ],
            "nodes": [
                {"position": position, "count": count, "days": times.get((position, None), (0, None))[1]}
                for position, count in sorted(nodes.items())
            ],
        }

    @api.model
    def _prepare_map(self, by_variant, times):
        counts, ends = Counter(), Counter()
        for (path, _joined), tally in by_variant.items():
            counts[path] += tally.counts.total()
            for outcome, count in tally.counts.items():
                ends[path[-1], outcome] += count
        return {
            **self._prepare_edges(counts, times),
            "ends": [
                {"from": position, "outcome": outcome, "count": count}
                for (position, outcome), count in sorted(ends.items())
                if count
            ],
        }

    # ------------------------------------------------------------------
    # Deals behind it
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_deals_action(self, filters, basis, what):
        """The deals behind something on the path map, as far as the user may see them.

        :param what: one of {"path": positions, "joined": bool}, {"edge": [from, to]}, {"node": position},
            {"end": [position, outcome]}, {"kind", "position"}: a deviation, {"conforming": bool}, {}: all
        :return: an action
        """
        filters = self._resolve(filters)
        self._check_basis(basis)
        lead_ids = self._find_lead_ids(filters, basis, what)
        return self._prepare_records_action("crm.lead", self._describe_what(filters, what), lead_ids)

    @api.model
    def _find_lead_ids(self, filters, basis, what):
        groups = self._read_path_leads(filters, basis)
        matches = self._get_matcher(filters, groups, what)
        found = [lead_id for group in groups if matches(group) for lead_id in group.lead_ids]
        return sorted(found, reverse=True)[: RECORD_LIMIT + 1]

    @api.model
    def _get_matcher(self, filters, groups, what):
        """:return: function that says of a group whether it is meant
        :raise UserError: nothing of this kind is on the map
        """
        what = what or {}
        try:
            if "path" in what:
                key = tuple(int(node) for node in what["path"]), bool(what.get("joined"))
                return lambda group: group.key == key
            if "edge" in what:
                edge = tuple(int(node) for node in what["edge"])
                return lambda group: edge in zip(group.path, group.path[1:], strict=False)
            if "end" in what:
                position, outcome = int(what["end"][0]), str(what["end"][1])
                return lambda group: group.path[-1] == position and group.counts[outcome]
            if "node" in what:
                node = int(what["node"])
                return lambda group: node in group.path
            deviation = None
            if "kind" in what:
                deviation = conformance.Deviation(str(what["kind"]), int(what["position"]))
        except (TypeError, ValueError, KeyError, IndexError):
            raise UserError(self.env._("Nothing of this kind is on the map. Load it again.")) from None
        if deviation is None and "conforming" not in what:
            return lambda group: True
        deviations = self._find_all_deviations(groups, self._get_model(filters))
        positions = {stage.id: position for position, stage in enumerate(self._get_stages(filters), 1)}
        rules = self._prepare_rules(self._get_rules(filters), positions)

        def judge(group):
            return self._get_allowed_deviations(group, deviations[group.key], rules, positions)

        if deviation is not None:
            return lambda group: deviation in judge(group)[0]

        def conforms(group):
            present, allowed = judge(group)
            return (present == allowed) == bool(what["conforming"])

        return conforms

    @api.model
    def _describe_what(self, filters, what):
        what = what or {}
        if "path" in what:
            return self.env._("Deals on the path %s", self._name_path(filters, what["path"]))
        if "edge" in what:
            return self.env._("Deals that went %s", self._name_path(filters, what["edge"]))
        if "end" in what:
            return self.env._("Deals whose path ends in %s", self._name_path(filters, what["end"][:1]))
        if "node" in what:
            return self.env._("Deals that were in %s", self._name_path(filters, [what["node"]]))
        if "kind" in what:
            return self._describe_deviation(filters, what["kind"], what["position"])
        if "conforming" in what:
            if what["conforming"]:
                return self.env._("Deals that followed the process")
            return self.env._("Deals that departed from the process")
        return self.env._("All deals of the period")

    @api.model
    def _describe_deviation(self, filters, kind, position):
        stage = self._name_path(filters, [position])
        return {
            "skipped": self.env._("Skipped: %s", stage),
            "out_of_order": self.env._("Went back to: %s", stage),
            "repeated": self.env._("Entered again: %s", stage),
            "too_long": self.env._("Too long in: %s", stage),
            "outside": self.env._("In a stage outside the process"),
        }.get(kind, stage)

    @api.model
    def _name_path(self, filters, path):
        names = dict(enumerate(self._get_stages(filters).mapped("name"), 1))
        names[conformance.OUTSIDE] = self.env._("Outside")
        return " → ".join(names.get(int(node), self.env._("Won")) for node in path)
