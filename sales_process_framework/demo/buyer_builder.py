from . import texts

#: The criterion that the buying group itself answers.
CLEAR = "decision_chain_clear"
KNOWN_ATTITUDES = ("supporter", "neutral", "neutral", "opponent")


class BuyerBuilder:
    """Writes who decides about one team's deals, from their second stage on.

    :param leads_of: the ``LeadBuilder`` of the team
    """

    def __init__(self, rng, leads_of):
        self.rng = rng
        self.env = leads_of.env
        self.stages = leads_of.stages
        self.criterion = self.stages.requirement_ids.filtered(lambda req: req.key == CLEAR)

    def build(self, leads, deals):
        """A process whose gates do not ask for the buying group gets none."""
        if not self.criterion:
            return self.env["sales.process.buyer"]
        first, asking = self.stages[0], self.criterion.process_stage_id
        vals_list = []
        for lead, (_story, checklist) in zip(leads, deals, strict=True):
            stage = lead.sales_process_stage_id
            if lead.active and stage != first:
                vals_list += self._prepare_group(lead, stage != asking or checklist.settled(self.criterion.id))
        return self.env["sales.process.buyer"].create(vals_list)

    def _prepare_group(self, lead, clear):
        """:param clear: whether the gate finds a decision maker, and everybody's attitude"""
        people = self.rng.sample(texts.BUYERS, self.rng.randint(1, 3))
        attitudes = [self.rng.choice(KNOWN_ATTITUDES) for _person in people]
        if not clear:
            attitudes[0] = "unknown"
        elif all(role != "decider" for _name, _function, role, _influence in people):
            people[0] = next(person for person in texts.BUYERS if person[2] == "decider")
        group = [
            {"name": name, "function": function, "role": role, "influence": influence, "attitude": attitude}
            for (name, function, role, influence), attitude in zip(people, attitudes, strict=True)
        ]
        if lead.partner_id:
            group.append(
                {"partner_id": lead.partner_id.id, "role": "champion", "attitude": "champion", "influence": "medium"}
            )
        return [{"lead_id": lead.id, **vals} for vals in group]
