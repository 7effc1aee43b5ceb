import { Component, markup } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { FeedbackButton } from "../feedback/feedback_button";
import { RequirementItem } from "../item/requirement_item";
import { ExceptionBanner } from "./exception_banner";
import { GateProgress } from "./gate_progress";
import { PanelSection } from "./panel_section";
import { StageClock } from "./stage_clock";
import { StageStrip } from "./stage_strip";

/**
 * What a rep sees of the process on a lead. Shows what `get_sales_process_panel` returns; without
 * `actions` (preview) it only shows.
 */
export class SalesProcessPanel extends Component {
    static template = "sales_process_framework.Panel";
    static components = {
        ExceptionBanner,
        FeedbackButton,
        GateProgress,
        PanelSection,
        RequirementItem,
        StageClock,
        StageStrip,
    };
    static props = {
        panel: Object,
        /** Ids of the requirements that are being sent. */
        busy: { type: Object, optional: true },
        advancing: { type: Boolean, optional: true },
        error: { type: String, optional: true },
        actions: { type: Object, optional: true },
    };

    get panel() {
        return this.props.panel;
    }

    get guidance() {
        const { guidance } = this.panel.stage || {};
        return guidance ? markup(guidance) : false;
    }

    get exitTitle() {
        return _t("To leave %(stage)s", { stage: this.panel.stage.name });
    }

    get entryTitle() {
        return this.panel.next
            ? _t("What %(stage)s will ask", { stage: this.panel.next.name })
            : _t("What the next stage will ask");
    }

    get advanceLabel() {
        return _t("Complete and advance to %(stage)s", { stage: this.panel.next.name });
    }

    get isExceptionBusy() {
        return Boolean(this.props.busy?.has(`exception_${this.panel.exception.id}`));
    }

    /** Where one stands, for whoever says that something gets in the way. */
    get about() {
        const { exit, entry, lead, process, stage } = this.panel;
        const open = [...exit, ...entry].filter(
            (item) => item.mandatory && !["met", "na"].includes(item.state)
        );
        return {
            lead_id: lead.id,
            process_id: process.id,
            stage_id: stage.id,
            from_stage_id: stage.stage_id,
            unmet: open.map((item) => item.id),
        };
    }

    isBusy(item) {
        return Boolean(this.props.busy?.has(item.id));
    }

    /** Props of one requirement: without actions nothing can be answered. */
    itemProps(item) {
        const { actions } = this.props;
        const props = { item, busy: this.isBusy(item), readonly: !actions, compact: true };
        if (actions) {
            Object.assign(props, {
                about: { ...this.about, requirement_id: item.id },
                onAnswer: (values) => actions.answer(item, values),
                onNote: (note) => actions.note(item, note),
                onFiles: (files) => actions.submitFiles(item, files),
                onRemoveFile: (attachmentId) => actions.removeFile(item, attachmentId),
                onRequestApproval: () => actions.requestApproval(item),
                onDecide: (approve, note) => actions.decide(item, approve, note),
            });
        } else {
            // The preview shows the very inputs, switched off.
            Object.assign(props, { onAnswer: () => {} });
        }
        return props;
    }
}
