import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { RequirementItem } from "../item/requirement_item";

/** What one lead still needs for its move. */
export class MoveSection extends Component {
    static template = "sales_process_framework.MoveSection";
    static components = { RequirementItem };
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

    get needsForm() {
        return (
            this.refusal.lead_id && this.move.mandatory.some((item) => !this.move.canSettle(item))
        );
    }
}
