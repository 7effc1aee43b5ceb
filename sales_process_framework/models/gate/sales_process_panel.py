from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...tools import gate
from ...tools.gate import Rule, Standing
from .sales_process_judgement import GateFacts

#: What somebody outside the company reads about a requirement; scripts, notes and files stay inside.
PUBLIC_ITEM_KEYS = {"id", "name", "kind", "judgement", "gate", "mandatory", "stage", "state", "explanation", "after"}
PUBLIC_ITEM_KEYS |= {"count", "min_count", "max_count"}

SECONDS_PER_DAY = 86400.0


class SalesProcessPanel(models.AbstractModel):
    """What the web client shows: the rep's panel, the refusal dialog and the admin's preview, from the same items."""

    _name = "sales.process.panel"
    _description = "Panel of gates"

    @api.model
    def _in_user_language(self):
        """Scripts often pass no language: then the user's own."""
        return self if self.env.context.get("lang") else self.with_context(lang=self.env.user.lang or "en_US")

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    def _prepare_items(self, requirements, standings, lead, facts):
        """One dict a requirement, as panel and dialog show it.

        :param requirements: iterable of tools.gate.Requirement
        :param standings: settled standing by requirement id
        :param lead: ``crm.lead``, one record, as the user sees it
        :return: list of dicts: id, name, kind, judgement, gate, mandatory, allow_na, spin, spin_label, standard,
            script (html), role, owner, state, explanation, count, min_count, max_count, note, answered_by,
            answered_on, age_days, templates, files, deliverable, after, stage, fields, can_answer, can_approve
        """
        Requirement = self.env["sales.process.requirement"].sudo()
        definitions = list(requirements)
        if not definitions:
            return []
        # A preview has no lead to say whose process it is.
        process = lead.sudo().sales_process_id or Requirement.browse(definitions[0].id).process_id
        texts = self._get_texts(process.id)["requirements"]
        answers = self.env["sales.process.answer"]._recall(facts)
        documents = self.env["sales.process.deliverable"]._recall(facts)
        details = self.env["sales.process.deliverable"]._recall_details(facts) if documents else {}
        names = facts.recall("names", lambda leads: self._load_names(leads, answers, details))
        may_write = bool(lead) and facts.recall(("may_write", lead.id), lambda leads: lead.has_access("write"))
        items = []
        for definition in definitions:
            record = Requirement.browse(definition.id)
            standing = standings.get(definition.id, Standing.MISSING)
            item = dict(texts[definition.id])
            role_id, role_kind = item.pop("role_id"), item.pop("role_kind")
            item["state"] = standing.value
            item["owner"] = self._get_owner_name(role_id, role_kind, lead, names)
            item["after"] = [
                texts[after]["name"]
                for after in definition.after
                if standings.get(after, Standing.MISSING) not in gate.SETTLED
            ]
            item["explanation"] = self._explain(definition, standing, item, lead, facts)
            item.update(self._prepare_answer_item(answers.get((lead.id, definition.id)), names))
            item.update(self._prepare_document_item(details.get((lead.id, definition.id)), names))
            item["fields"] = self._prepare_blank_fields(definition, lead, standing)
            item["can_answer"] = may_write and standing != Standing.LOCKED
            item["can_approve"] = standing == Standing.WAITING and self._can_approve(record, lead, item)
            items.append(item if self.env.user._is_internal() else self._keep_inside(item))
        return items

    @api.model
    def _keep_inside(self, item):
        """A reseller moves leads in the portal, under sudo: what is missing is for him, the rest is not."""
        blank = {key: [] if isinstance(value, list) else False for key, value in item.items()}
        return {key: value if key in PUBLIC_ITEM_KEYS else blank[key] for key, value in item.items()}

    def _prepare_definition_item(self, definition, record):
        return {
            "id": definition.id,
            "name": record.name,
            "kind": record.kind,
            "judgement": definition.judgement,
            "gate": definition.gate,
            "mandatory": definition.mandatory,
            "allow_na": definition.allow_na,
            "spin": record.spin_technique,
            "spin_label": self._get_spin_label(record),
            "standard": record.standard,
            "script": record.script,
            "role": record.role_id.name,
            "min_count": definition.min_count,
            "max_count": definition.max_count,
            "stage": record.process_stage_id.name,
            "templates": [self._prepare_file(attachment) for attachment in record._get_templates_for_user()],
        }

    def _get_spin_label(self, record):
        labels = dict(record._fields["spin_technique"]._description_selection(self.env))
        return labels.get(record.spin_technique, False)

    def _get_owner_name(self, role_id, role_kind, lead, names):
        if not lead:
            return False
        if not role_id or role_kind == "salesperson":
            return names.get(lead.user_id.id, False)
        if role_kind == "users":
            return ", ".join(names["holders"].get(role_id, ())[:3]) or False
        role = self.env["sales.process.role"].sudo().browse(role_id)
        return ", ".join(role._get_users(lead.sudo()).mapped("name")[:3]) or False

    def _load_names(self, leads, answers, details):
        """:return: {user id: name} of everybody the items name, and under "holders" {role id: names of active users}"""
        ids = {answer.user_id for answer in answers.values()} | {lead.user_id.id for lead in leads}
        ids |= {row[key] for rows in details.values() for row in rows for key in ("approver_id", "submitted_by_id")}
        self.env["sales.process.role"].flush_model(["user_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT u.id, p.name, NULL::integer
                     FROM res_users u JOIN res_partner p ON p.id = u.partner_id
                    WHERE u.id = ANY(%s)
                    UNION ALL
                   SELECT u.id, p.name, link.sales_process_role_id
                     FROM res_users_sales_process_role_rel link
                     JOIN res_users u ON u.id = link.res_users_id AND u.active
                     JOIN res_partner p ON p.id = u.partner_id
                    ORDER BY 2""",
                list(ids - {None, False}),
            )
        )
        names = {user_id: name for user_id, name, role_id in rows if role_id is None}
        holders = {}
        for _user_id, name, role_id in rows:
            if role_id is not None:
                holders.setdefault(role_id, []).append(name)
        return {**names, "holders": holders}

    @api.model
    @tools.ormcache("process_id", "self.env.lang", cache="stable")
    def _get_texts(self, process_id):
        """What a process says, in the user's language: the same for every lead, so kept with the playbook.

        :return: {"process": …, "stages": {stage id: …}, "requirements": {requirement id: …}}; not to be changed
        """
        playbook = self.env["sales.process"]._get_playbook(process_id)
        process = self.env["sales.process"].sudo().browse(process_id)
        stages = process.stage_ids
        return {
            "process": {"id": process.id, "name": process.name, "version": process.version},
            "stages": {
                stage.id: {
                    "name": stage.name,
                    "guidance": stage.guidance or False,
                    "role": stage.role_id.name,
                    "role_id": stage.role_id.id,
                    "role_kind": stage.role_id.kind,
                }
                for stage in stages
            },
            "requirements": {
                req.id: {
                    **self._prepare_definition_item(playbook.requirement_by_id[req.id], req),
                    "role_id": req.role_id.id,
                    "role_kind": req.role_id.kind,
                }
                for req in stages.requirement_ids
            },
        }

    @api.model
    def _prepare_file(self, attachment):
        return {
            "id": attachment.id,
            "name": attachment.name,
            "url": f"/web/content/{attachment.id}?download=true",
        }

    def _prepare_answer_item(self, answer, names):
        """Values of somebody's answer; a document's own dates are added by :meth:`_prepare_document_item`."""
        if not answer:
            return dict.fromkeys(("note", "answered_by", "answered_on", "age_days"), False) | {"count": 0}
        return {
            "count": answer.count,
            "note": answer.note or False,
            "answered_by": names.get(answer.user_id, False),
            "answered_on": fields.Datetime.to_string(answer.date),
            "age_days": (self.env.cr.now() - answer.date).days,
        }

    def _prepare_document_item(self, rows, names):
        if not rows:
            return {"files": [], "deliverable": False}
        latest = rows[-1]
        age = (self.env.cr.now().date() - latest["content_date"]).days if latest["content_date"] else 0
        return {
            "files": [
                {**file, "url": f"/web/content/{file['id']}?download=true"}
                for row in rows
                for file in row["files"] or ()
            ],
            "deliverable": {
                "id": latest["id"],
                "state": latest["state"],
                "version": latest["version"],
                "content_date": fields.Date.to_string(latest["content_date"]) or False,
                "approver": names.get(latest["approver_id"], False),
                "rejection_reason": latest["rejection_reason"] or False,
            },
            "answered_by": names.get(latest["submitted_by_id"], False),
            "answered_on": fields.Datetime.to_string(latest["submitted_date"]) or False,
            "age_days": age,
        }

    def _prepare_blank_fields(self, definition, lead, standing):
        if standing != Standing.MISSING or not lead:
            return []
        judgement = self.env["sales.process.judgement"]._get(definition.judgement)
        blank = []
        for name in judgement._get_input_fields(definition, lead.sudo()):
            field = lead._fields[name]
            entry = {"name": name, "label": field._description_string(self.env), "type": field.type}
            if field.type == "selection":
                entry["selection"] = field._description_selection(self.env)
            blank.append(entry)
        return blank

    def _explain(self, definition, standing, item, lead, facts):
        if standing == Standing.ERROR:
            return self.env._("The rule of this requirement is broken. An administrator has to mend it.")
        if standing == Standing.LOCKED:
            return self.env._("First: %s", ", ".join(item["after"]))
        if standing == Standing.WAITING:
            return self.env._("Waits for approval")
        if standing == Standing.REJECTED:
            return self.env._("Rejected, hand it in again")
        if standing in gate.SETTLED or not lead:
            return False
        judgement = self.env["sales.process.judgement"]._get(definition.judgement)
        return judgement._explain(definition, standing, lead.sudo(), facts) or False

    def _can_approve(self, record, lead, item):
        if record.judgement == "document":
            deliverable = self.env["sales.process.deliverable"].browse(item["deliverable"]["id"])
            return deliverable._can_decide()
        return lead._can_decide_approval(record)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def _prepare_payload(self, refusals, facts):
        """:return: {"moves": […]}, the shape that the web client's dialog is built from"""
        requested = self.env["sales.process.exception"]._get_open(
            [refusal.lead.id for refusal in refusals], ("requested",)
        )
        return {"moves": [self._prepare_move(refusal, facts, requested) for refusal in refusals]}

    def _prepare_move(self, refusal, facts, requested):
        lead, change, verdict = refusal.lead.with_env(self.env), refusal.change, refusal.verdict
        stages = self.env["crm.stage"].sudo()
        origin, target = stages.browse(change.old.stage_id if change.old else 0), stages.browse(change.new.stage_id)
        rule = verdict.move.broken_rule
        waiting = requested.get((lead.id, target.id))
        return {
            "lead_id": lead.id if change.old else False,
            "lead_name": lead.name,
            "process_id": change.new.process_id,
            "process": lead.sudo().sales_process_id.display_name,
            "from_stage_id": origin.id,
            "from_stage": origin.name or "",
            "to_stage_id": target.id,
            "to_stage": target.name,
            "movement": self._describe_rule(rule, refusal) if rule else False,
            "items": self._prepare_items(verdict.unmet + verdict.advisory, refusal.standings, lead, facts),
            "can_override": bool(change.old) and lead._may_override(lead),
            "can_request": bool(change.old) and not waiting and self.env.user._is_internal(),
            "exception_state": waiting.state if waiting else False,
        }

    def _describe_rule(self, rule, refusal):
        change = refusal.change
        target = self.env["crm.stage"].sudo().browse(change.new.stage_id)
        if rule == Rule.BACK:
            return self.env._("This process does not go back to %s.", target.name)
        playbook = self.env["sales.process"]._get_playbook(change.new.process_id)
        origin = change.old.stage_id if change.old and not (change.converted or change.handed_over) else None
        position = playbook.position(origin)
        following = playbook.stages[1 if position is None else position + 1]
        name = self.env["sales.process.stage"].sudo().browse(following.id).name
        if change.created or change.converted:
            first = self.env["sales.process.stage"].sudo().browse(playbook.stages[0].id).name
            return self.env._("A lead starts in %s; stages cannot be skipped.", first)
        return self.env._("Stages cannot be skipped: next comes %s.", name)

    @api.model
    def _format_message(self, payload):
        """The refusal in plain words, for imports, scripts and everything else that shows no dialog."""
        blocks = []
        for move in payload["moves"]:
            if move["from_stage"]:
                title = self.env._(
                    "%(lead)s cannot move from %(origin)s to %(target)s yet:",
                    lead=move["lead_name"],
                    origin=move["from_stage"],
                    target=move["to_stage"],
                )
            else:
                title = self.env._(
                    "%(lead)s cannot start in %(target)s:", lead=move["lead_name"], target=move["to_stage"]
                )
            lines = [move["movement"]] if move["movement"] else []
            for item in move["items"]:
                if item["mandatory"]:
                    lines.append(f"{item['name']} ({item['explanation']})" if item["explanation"] else item["name"])
            blocks.append("\n".join([title, *(f"  • {line}" for line in lines)]))
        return "\n\n".join(blocks)

    # ------------------------------------------------------------------
    # The rep's panel
    # ------------------------------------------------------------------

    def _prepare_panel(self, lead):
        """:return: the panel of one lead, False when it follows no process (keys: see README of the web client)"""
        process = lead.sudo().sales_process_id
        if not process:
            return False
        playbook = self.env["sales.process"]._get_playbook(process.id)
        position = playbook.position(lead.stage_id.id)
        stage = playbook.stage_at(lead.stage_id.id)
        following = playbook.next_stage(lead.stage_id.id)
        passed = playbook.stages[:position] if position else ()
        facts = GateFacts(lead)
        self._gather_facts(lead, facts)
        earlier = [req for before in passed for req in before.requirements if req.mandatory]
        earlier += [req for req in stage.entry if req.mandatory] if stage and position else []
        wanted = playbook.with_predecessors(playbook.to_advance(lead.stage_id.id))
        standings = self.env["sales.process.judgement"]._judge_all(wanted.values(), facts)[lead.id]
        exit_items = self._prepare_items(stage.exit if stage else (), standings, lead, facts)
        entry_items = self._prepare_items(following.entry if stage and following else (), standings, lead, facts)
        still = self._judge_passed(playbook, earlier if lead.active else [], facts)
        reopened = [req for req in earlier if still.get(req.id, Standing.MET) not in gate.SETTLED]
        met, total = gate.progress(playbook.to_advance(lead.stage_id.id), standings)
        return {
            "lead": {"id": lead.id, "name": lead.name},
            "process": {
                **self._get_texts(process.id)["process"],
                "enforcement": process._get_enforcement(lead._get_gate_company()),
            },
            "stage": self._prepare_stage(stage, lead, playbook, facts=facts) if stage else False,
            "stages": self._prepare_stages(playbook, position),
            "next": self._prepare_next(following, playbook) if stage and following else False,
            "exit": exit_items,
            "entry": entry_items,
            "reopened": self._prepare_items(reopened, still, lead, facts),
            "progress": {"met": met, "total": total, "percent": gate.percent(met, total)},
            "state": lead.sales_gate_state or "none",
            "can_advance": bool(stage and following and lead.active and lead.has_access("write")),
            "can_override": lead._may_override(lead),
            "exception": self._prepare_exception(facts),
            "calendar_note": self._get_calendar_note(playbook, lead),
        }

    def _judge_passed(self, playbook, requirements, facts):
        """:return: standing by id of requirements whose gate the lead has passed: what was taken back since"""
        judgements = self.env["sales.process.judgement"]
        wanted = [
            judgements._get(requirement.judgement)._relax_passed(requirement)
            for requirement in playbook.with_predecessors(requirements).values()
        ]
        return judgements._judge_all(wanted, facts)[facts.leads.id]

    def _prepare_preview(self, process_stage):
        """The same panel for an admin, for a lead that has just arrived and has nothing yet."""
        playbook = self.env["sales.process"]._get_playbook(process_stage.process_id.id)
        ids = [stage.id for stage in playbook.stages]
        position = ids.index(process_stage.id)
        stage = playbook.stages[position]
        following = playbook.stages[position + 1] if position + 1 < len(ids) else None
        nobody = self.env["crm.lead"]
        facts = GateFacts(nobody)
        wanted = playbook.with_predecessors(stage.exit + (following.entry if following else ()))
        standings = gate.settle(wanted.values(), {})
        entry = following.entry if following else ()
        return {
            "lead": {"id": False, "name": False},
            "process": {
                "id": process_stage.process_id.id,
                "name": process_stage.process_id.name,
                "version": process_stage.process_id.version,
                "enforcement": process_stage.process_id.enforcement,
            },
            "stage": self._prepare_stage(stage, nobody, playbook, position),
            "stages": self._prepare_stages(playbook, position),
            "next": self._prepare_next(following, playbook) if following else False,
            "exit": self._prepare_items(stage.exit, standings, nobody, facts),
            "entry": self._prepare_items(entry, standings, nobody, facts),
            "reopened": [],
            "progress": {"met": 0, "total": sum(req.mandatory for req in stage.exit + entry), "percent": 0},
            "state": "open",
            "can_advance": False,
            "can_override": False,
            "exception": False,
            "calendar_note": self._get_calendar_note(playbook),
        }

    def _prepare_stage(self, stage, lead, playbook, position=None, facts=None):
        text = self._get_texts(playbook.id)["stages"][stage.id]
        position = playbook.position(stage.pipeline_stage) if position is None else position
        entered = lead.sales_stage_entered or False
        now = self.env.cr.now()
        visits, seconds = facts.recall("visits", None) if facts else (0, 0)
        return {
            "id": stage.id,
            "stage_id": stage.pipeline_stage,
            **{key: text[key] for key in ("name", "guidance", "role")},
            "flexible": stage.flexible,
            "limit_days": playbook.limit_days(stage.pipeline_stage) if stage.pipeline_stage else stage.limit_days,
            "entered": fields.Datetime.to_string(entered) or False,
            "deadline": fields.Datetime.to_string(lead.sales_stage_deadline) or False,
            "days_in_stage": round((now - entered).total_seconds() / SECONDS_PER_DAY, 1) if entered else 0.0,
            "overdue": bool(lead and lead.sales_stage_overdue),
            "visits": visits,
            "total_days": round(seconds / SECONDS_PER_DAY, 1),
            "position": position + 1,
            "count": len(playbook.stages),
        }

    def _prepare_stages(self, playbook, position):
        texts = self._get_texts(playbook.id)["stages"]
        strip = []
        for index, stage in enumerate(playbook.stages):
            state = "todo"
            if position is not None:
                state = "done" if index < position else "current" if index == position else "todo"
            name = texts[stage.id]["name"]
            strip.append({"id": stage.id, "stage_id": stage.pipeline_stage or False, "name": name, "state": state})
        return strip

    def _prepare_next(self, stage, playbook):
        name = self._get_texts(playbook.id)["stages"][stage.id]["name"]
        return {"id": stage.id, "stage_id": stage.pipeline_stage, "name": name, "is_won": stage.is_won}

    def _prepare_exception(self, facts):
        exception = self.env["sales.process.exception"].sudo().browse(facts.recall("exception", None) or ())
        if not exception:
            return False
        return {
            "id": exception.id,
            "state": exception.state,
            "reason": exception.reason,
            "requested_by": exception.requested_by_id.name,
            "to_stage": exception.to_stage_id.name,
            "can_decide": exception.with_user(self.env.user).sudo(False).can_decide,
        }

    def _get_calendar_note(self, playbook, lead=None):
        process = self.env["sales.process"].sudo().browse(playbook.id)
        calendar = lead._get_gate_calendar(playbook) if lead else process._get_calendar()
        if not calendar:
            return False
        return self.env._("Limits count in working days of “%s”", calendar._get_label(calendar.id))
