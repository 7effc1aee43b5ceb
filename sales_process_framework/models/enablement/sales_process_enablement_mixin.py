from odoo import api, models
from odoo.fields import Domain

from ...tools import library

#: What fits on a screen; a search narrows it.
SHOWN = 30
#: Resources that are looked at for it.
CONSIDERED = 300


class SalesProcessEnablementMixin(models.AbstractModel):
    """The library on the lead; it is asked for when somebody opens it, never with the form."""

    _name = "sales.process.enablement.mixin"
    _description = "Library of leads"

    @api.readonly
    def get_sales_resources(self, query=False):
        """Scripts, cases, tools, templates and guides for where the lead stands, most helpful first.

        :param str query: words to search the whole library for, False for what fits the lead
        :return: list of dicts: id, kind, kind_label, name, purpose, content (html), text (to copy), link, owner,
            files [{id, name}], reasons [{kind, label}]
        """
        self.ensure_one()
        self.check_access("read")
        place = self._get_library_place()
        query = query.strip() if isinstance(query, str) else ""
        Resource = self.env["sales.process.resource"]
        domain = Resource._get_text_domain(query) if query else self._get_library_domain(place)
        resources = Resource.search(domain, limit=CONSIDERED)
        ranks = resources._get_text_ranks(query) if query else {}
        scored = []
        for resource in resources:
            shared = library.reasons(self._get_resource_place(resource), place)
            scored.append((-library.score(shared, ranks.get(resource.id, 0.0)), resource.sequence, resource.id, shared))
        scored.sort(key=lambda entry: entry[:3])
        shown = Resource.browse(resource_id for _score, _sequence, resource_id, _shared in scored[:SHOWN])
        return self._prepare_resources(shown, [shared for *_place, shared in scored])

    def _get_library_place(self):
        """:return: :class:`~..tools.library.Place` of the lead"""
        self.ensure_one()
        lead = self.sudo()
        stage = lead.sales_process_stage_id
        return library.Place(
            stages=set(stage.ids),
            actions=set(stage.requirement_ids.ids),
            industries=set(lead.tag_ids.ids),
            personas=set(self._get_library_personas().ids),
        )

    def _get_library_personas(self):
        """:return: personas of the people who buy; none as long as nothing records them"""
        if "sales.process.buyer" not in self.env:
            return self.env["sales.process.persona"]
        return self.env["sales.process.buyer"].sudo().search([("lead_id", "=", self.id)]).persona_id

    @api.model
    def _get_library_domain(self, place):
        """What serves this stage, or no stage in particular."""
        return Domain.OR(
            [
                [("process_stage_ids", "in", list(place.stages))],
                [("requirement_ids", "in", list(place.actions))],
                [("process_stage_ids", "=", False), ("requirement_ids", "=", False)],
            ]
        )

    @api.model
    def _get_resource_place(self, resource):
        return library.Place(
            stages=resource.process_stage_ids.ids,
            actions=resource.requirement_ids.ids,
            industries=resource.industry_ids.ids,
            personas=resource.persona_ids.ids,
        )

    def _prepare_resources(self, resources, shared):
        kinds = dict(resources._fields["kind"]._description_selection(self.env))
        labels = self._get_reason_labels(shared)
        # Names of owners and files: whoever reads the resource may read these.
        owners = {resource.id: resource.user_id.name for resource in resources.sudo()}
        return [
            {
                "id": resource.id,
                "kind": resource.kind,
                "kind_label": kinds[resource.kind],
                "name": resource.name,
                "purpose": resource.purpose or "",
                "content": resource.content or "",
                "text": resource._get_copy_text(),
                "link": resource.link or "",
                "owner": owners[resource.id] or "",
                "files": [{"id": file.id, "name": file.name} for file in resource.sudo().attachment_ids],
                "reasons": [
                    {"kind": kind, "label": labels[kind, record_id]}
                    for kind, ids in why.items()
                    for record_id in sorted(ids)
                ],
            }
            for resource, why in zip(resources, shared, strict=False)
        ]

    def _get_reason_labels(self, shared):
        """:return: {(kind of reason, id): its name}"""
        models_of = {
            "action": "sales.process.requirement",
            "stage": "sales.process.stage",
            "industry": "crm.tag",
            "persona": "sales.process.persona",
        }
        labels = {}
        for kind, model in models_of.items():
            ids = set().union(*(why.get(kind, ()) for why in shared)) if shared else set()
            if ids:
                labels |= {(kind, record.id): record.display_name for record in self.env[model].sudo().browse(ids)}
        return labels
