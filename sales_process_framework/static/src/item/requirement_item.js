import { Component, markup, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { FeedbackButton } from "../feedback/feedback_button";
import { ApprovalButtons } from "./approval_buttons";
import { CountStepper } from "./count_stepper";
import { FieldInputs } from "./field_inputs";
import { FileDrop } from "./file_drop";
import { isSettled } from "./item_draft";
import { getAnsweredLine, getItemStateInfo, getKindInfo } from "./item_labels";

let nextId = 1;

/**
 * One requirement of a gate: what is asked, how far it is, and what answers it.
 *
 * With a `draft` (dialog) the answers stay in it until the parent sends them; without one (panel)
 * the parent sends each answer at once. A handler that is not given is not offered.
 */
export class RequirementItem extends Component {
    static template = "sales_process_framework.RequirementItem";
    static components = { ApprovalButtons, CountStepper, FeedbackButton, FieldInputs, FileDrop };
    static props = {
        item: Object,
        draft: { type: Object, optional: true },
        /** Names of what must come first. */
        blockedBy: { type: Array, element: String, optional: true },
        readonly: { type: Boolean, optional: true },
        /** Show what is settled in one line, with its details on demand. */
        compact: { type: Boolean, optional: true },
        busy: { type: Boolean, optional: true },
        invalid: { type: Boolean, optional: true },
        /** Where and in which situation somebody says that this gets in the way. */
        about: { type: Object, optional: true },
        onAnswer: { type: Function, optional: true },
        onNote: { type: Function, optional: true },
        onFiles: { type: Function, optional: true },
        onRemoveFile: { type: Function, optional: true },
        onValue: { type: Function, optional: true },
        onRequestApproval: { type: Function, optional: true },
        onDecide: { type: Function, optional: true },
    };

    setup() {
        this.id = `sales_process_item_${nextId++}`;
        this.state = useState({
            showScript: false,
            showNote: false,
            // What gets settled under one's hands stays open.
            showDetails: !this.isSettled,
        });
    }

    get item() {
        return this.props.item;
    }

    /** The state with what is put in and not yet sent. */
    get currentState() {
        const { draft } = this.props;
        if (this.isNotApplicable) {
            return "na";
        }
        if (draft && isSettled(this.item, draft)) {
            return "met";
        }
        if (this.item.state === "locked" && !this.blockedBy.length) {
            return "missing";
        }
        return this.item.state;
    }

    get isSettled() {
        return ["met", "na"].includes(this.currentState);
    }

    get canFold() {
        return this.props.compact && this.isSettled;
    }

    get isFolded() {
        return this.canFold && !this.state.showDetails;
    }

    get stateInfo() {
        return getItemStateInfo(this.currentState);
    }

    get kindInfo() {
        return getKindInfo(this.item.kind);
    }

    get blockedBy() {
        return this.props.blockedBy || this.item.after;
    }

    get canAnswer() {
        if (this.props.readonly) {
            return false;
        }
        // In a draft, what is locked waits only for what is put in next to it.
        return this.item.can_answer || (this.props.draft && this.item.state === "locked");
    }

    get isDisabled() {
        return !this.canAnswer || this.blockedBy.length > 0;
    }

    get isCounted() {
        return (
            this.item.judgement === "manual" && (this.item.min_count > 0 || this.item.max_count > 0)
        );
    }

    get isTicked() {
        return this.item.judgement === "manual" && !this.isCounted;
    }

    get isDone() {
        if (this.props.draft) {
            return this.props.draft.state === "done";
        }
        return this.item.state === "met";
    }

    get isNotApplicable() {
        return this.props.draft ? this.props.draft.state === "na" : this.item.state === "na";
    }

    get count() {
        return this.props.draft ? this.props.draft.count : this.item.count;
    }

    get note() {
        return (this.props.draft ? this.props.draft.note : this.item.note) || "";
    }

    get script() {
        return this.item.script ? markup(this.item.script) : false;
    }

    /** What somebody has answered, or called not applicable, may be explained. */
    get canNote() {
        const isAnswered =
            this.isNotApplicable ||
            (this.item.judgement === "manual" && (this.isDone || this.count > 0));
        return this.canAnswer && this.props.onNote && isAnswered;
    }

    /** What settles an item that has no input here. */
    get hint() {
        if (!this.props.draft || this.showsExplanation || this.currentState !== "missing") {
            return "";
        }
        switch (this.item.judgement) {
            case "condition":
                return _t("Judged by what is filled in on the opportunity.");
            case "activity":
                return _t("Judged by the activities done on the opportunity.");
        }
        return "";
    }

    get answeredLine() {
        return getAnsweredLine(this.item);
    }

    get detailsLabel() {
        return _t("Details: %(requirement)s", { requirement: this.item.name });
    }

    get showsExplanation() {
        return (
            this.item.explanation &&
            !this.isSettled &&
            this.item.state !== "locked" &&
            this.item.explanation !== this.item.name
        );
    }

    /** Fields of the lead that settle the item and can be filled in right here. */
    get hasInputs() {
        return (
            this.item.fields.length > 0 &&
            this.canAnswer &&
            this.props.onValue &&
            !this.isNotApplicable
        );
    }

    get canUpload() {
        return (
            this.item.judgement === "document" &&
            this.canAnswer &&
            this.props.onFiles &&
            !this.isNotApplicable
        );
    }

    get canAskApproval() {
        return (
            this.item.judgement === "approval" &&
            this.canAnswer &&
            this.props.onRequestApproval &&
            ["missing", "rejected"].includes(this.item.state)
        );
    }

    get documentLine() {
        const { version, state, content_date: date, approver } = this.item.deliverable;
        const parts = [_t("Version %(version)s", { version })];
        if (state === "draft") {
            parts.push(_t("draft, not handed in yet"));
        }
        if (date) {
            parts.push(_t("as of %(date)s", { date: formatDate(deserializeDate(date)) }));
        }
        if (approver) {
            parts.push(approver);
        }
        return parts.join(" · ");
    }

    get noteLabel() {
        return _t("Note: %(requirement)s", { requirement: this.item.name });
    }

    removeLabel(file) {
        return _t("Remove %(file)s", { file: file.name });
    }

    onTick(ev) {
        this.props.onAnswer({ state: ev.target.checked ? "done" : false });
    }

    onCount(count) {
        this.props.onAnswer({ state: count > 0 ? "done" : false, count });
    }

    onNotApplicable(ev) {
        this.props.onAnswer({ state: ev.target.checked ? "na" : false });
    }

    onNoteChange(ev) {
        const note = ev.target.value.trim();
        if (note !== this.note.trim()) {
            this.props.onNote(note);
        }
    }
}
