import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { FeedbackButton } from "../feedback/feedback_button";
import { RequirementItem } from "../item/requirement_item";

/** What one lead still needs for its move. */
export class MoveSection extends Component {
    static template = "sales_process_framework.MoveSection";
    static components = { FeedbackButton, RequirementItem };
    static props = {
        /** A move with its drafts, as `MoveDraft` keeps it. */
        move: Object,
        collapsible: { type: Boolean, optional: true },
        busy: { type: Boolean, optional: true },
        onToggle: Function,
        onRequestApproval: Function,
        onDecide: Function,
        onOpenLead: Function,
    };

    get move() {
        return this.props.move;
    }

    get refusal() {
        return this.move.data;
    }

    get isOpen() {
        return !this.props.collapsible || this.move.isOpen;
    }

    get progressLabel() {
        const { settled, total } = this.move.progress;
        return _t("%(settled)s of %(total)s", { settled, total });
    }

    get about() {
        const { refusal } = this;
        return {
            lead_id: refusal.lead_id,
            process_id: refusal.process_id,
            from_stage_id: refusal.from_stage_id,
            to_stage_id: refusal.to_stage_id,
            unmet: this.move.mandatory.map((item) => item.id),
            refused: true,
        };
    }

    get place() {
        return [this.refusal.from_stage, this.refusal.to_stage].filter(Boolean).join(" → ");
    }

    aboutItem(item) {
        return { ...this.about, requirement_id: item.id };
    }

    get needsForm() {
        return (
            this.refusal.lead_id && this.move.mandatory.some((item) => !this.move.canSettle(item))
        );
    }
}
