from collections import namedtuple
from datetime import timedelta

from odoo import Command, api, models

Scene = namedtuple("Scene", "policy state days need note", defaults=("", ""))

#: What is asked for, its state, and how many days ago; the leads come from the stages where one asks for such a thing.
SCENES = [
    Scene("industry_report", "new", 0.1, "The board asks how others in the industry cut their energy costs."),
    Scene("industry_report", "new", 7, "Market figures for the offer, the customer compares us with two others."),
    Scene("industry_report", "in_progress", 3.5, "What do plants of this size spend on maintenance?"),
    Scene("industry_report", "in_progress", 9, "Numbers on downtime, the plant manager wants them in writing."),
    Scene("industry_report", "waiting", 4, "A view on regional demand.", "Which regions does the customer sell to?"),
    Scene("industry_report", "delivered", 6, "Cost drivers in packaging.", "Report with the figures of last quarter."),
    Scene("industry_report", "accepted", 20, "Trends in machining.", "As discussed on the phone."),
    Scene("tailored_case", "new", 1, "A case with a payback below two years."),
    Scene("tailored_case", "in_progress", 6, "A reference of the same size, their purchaser knows the big ones."),
    Scene("tailored_case", "delivered", 12, "A case on quality costs.", "Released by the reference, do not forward."),
    Scene("tailored_case", "accepted", 30, "A case for the fair.", "Two pages and a slide."),
    Scene("tailored_case", "cancelled", 15, "A case on retrofitting."),
    Scene("feasibility", "new", 0.4, "They want the line to run at night without staff."),
    Scene("feasibility", "in_progress", 8, "Two controllers of another make have to be connected."),
    Scene("feasibility", "waiting", 5, "Cycle time below 12 seconds?", "We need the drawings of part 4711."),
    Scene("feasibility", "accepted", 25, "Will our module fit their cabinet?", "It fits with the slim frame."),
    Scene("demo_system", "in_progress", 2, "Demonstration on Thursday, with their own parts if possible."),
    Scene("demo_system", "delivered", 10, "Demonstration for the works council.", "System 3 is prepared."),
    Scene("contract_review", "new", 2.5, "Their purchasing terms, clause 7 worries them."),
    Scene("contract_review", "in_progress", 10, "Liability is unlimited in their draft."),
    Scene("contract_review", "accepted", 40, "Framework agreement.", "Three clauses changed, marked in the file."),
    Scene("nda", "accepted", 18, "Before we see the drawings.", "Our standard, signed."),
    Scene("nda", "new", 4, "They send their own form."),
]
#: Stages (by key) in which each thing is asked for.
ASKED_IN = {
    "industry_report": ("nurturing", "needs_diagnosis"),
    "tailored_case": ("needs_diagnosis", "solution_presentation"),
    "feasibility": ("needs_diagnosis", "solution_presentation"),
    "demo_system": ("solution_presentation",),
    "contract_review": ("negotiation", "contract_signing"),
    "nda": ("needs_diagnosis",),
}
WORKERS = {"marketing": "user_marketing_nora", "product": "user_product_tomas", "legal": "user_legal"}
#: What a stage asks for by itself, once the demo company is running.
RAISED = {"contract_review": "contract_signing", "industry_report": "needs_diagnosis"}


class SalesProcessSupportDemo(models.AbstractModel):
    """Requests of the demo company in every state, some late and some at risk."""

    _name = "sales.process.support.demo"
    _description = "Demo company of the support departments"

    @api.model
    def _demo_build(self):
        process = self.env.ref("sales_process_framework.process_b2b_demo", raise_if_not_found=False)
        if not process or self.env["sales.process.support.request"].sudo().search_count([], limit=1):
            return
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nosubscribe=True)
        requests = quiet._ask_everything(process)
        for scene, request in zip(SCENES, requests, strict=True):
            quiet._play(scene, request)
        for request in requests.filtered(lambda request: request.is_late and request.state != "waiting"):
            request._escalate()
        for name, stage_key in RAISED.items():
            stage = process.stage_ids.filtered(lambda stage, key=stage_key: stage.key == key)
            quiet._ref(f"policy_{name}").process_stage_ids = [Command.set(stage.ids)]
        quiet._name_records({f"support_request_{number:02}": row for number, row in enumerate(requests, 1)})

    def _ref(self, name):
        return self.env["sales.process.demo"].with_env(self.env)._ref(name)

    def _name_records(self, records):
        self.env["sales.process.demo"]._name_records(records)

    def _ask_everything(self, process):
        now = self.env.cr.now().replace(microsecond=0)
        Request = self.env["sales.process.support.request"]
        leads = self.env["crm.lead"].search(
            [
                ("sales_process_id", "=", process.id),
                ("won_status", "=", "pending"),
                ("type", "=", "opportunity"),
                ("company_id", "in", [self.env.ref("base.main_company").id, False]),
            ],
            order="id",
        )
        by_stage = {}
        for lead in leads:
            by_stage.setdefault(lead.sales_process_stage_id.key, []).append(lead)
        taken = {}
        vals_list = []
        for scene in SCENES:
            known = [lead for key in ASKED_IN[scene.policy] for lead in by_stage.get(key, ())] or list(leads)
            number = taken[scene.policy] = taken.get(scene.policy, -1) + 1
            lead = known[number % len(known)]
            policy = self._ref(f"policy_{scene.policy}")
            asked = now - timedelta(days=scene.days)
            vals = Request._prepare_request_vals(lead, policy, lead.user_id or self.env.user, asked)
            vals_list.append({**vals, "need": scene.need})
        return Request._open_requests(vals_list)

    def _play(self, scene, request):
        """Let the request live until its state, at moments between asking and now."""
        now = self.env.cr.now().replace(microsecond=0)
        asked = request.date_requested
        department = next(name for name in WORKERS if request.department_id == self._ref(f"department_{name}"))
        worker = self._ref(WORKERS[department])
        if scene.state not in ("new", "cancelled"):
            request.write(
                {"state": "in_progress", "assignee_id": worker.id, "date_first_response": asked + timedelta(hours=2)}
            )
        moment = asked + (now - asked) / 4
        if scene.state == "waiting":
            request.with_user(worker).sudo()._pause("asker", moment, scene.note)
            request.state = "waiting"
        elif scene.state in ("delivered", "accepted"):
            file = self.env["ir.attachment"].create(
                {
                    "name": f"{request.name}.txt",
                    "raw": f"{request.name}\n\n{request.need}\n\n{scene.note}\n".encode(),
                    "res_model": request._name,
                    "res_id": request.id,
                }
            )
            # What is accepted came in time, what waits to be looked at came late.
            promised = request.resolution_deadline - asked
            moment = min(asked + promised * (0.6 if scene.state == "accepted" else 1.2), now)
            request._pause("delivered", moment, scene.note)
            request.write(
                {
                    "state": scene.state,
                    "date_delivered": moment,
                    "delivery_note": scene.note,
                    "delivered_file_ids": [Command.set(file.ids)],
                }
            )
            if scene.state == "accepted":
                request._close_pauses(moment + timedelta(hours=3))
        elif scene.state == "cancelled":
            request.state = "cancelled"
        request._assign_breaches(now)
