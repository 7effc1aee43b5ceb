import { Component, reactive, status, useEffect, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

import { LEAD_ANSWERED } from "../gate/gate_error";
import { useLeadUpload } from "../item/upload";
import { ExceptionForm } from "./exception_form";
import { MoveDraft } from "./move_draft";
import { MoveSection } from "./move_section";

/**
 * Collects what refused moves still miss, stores it and lets the caller try again.
 *
 * `retry` sends the refused request once more and resolves with the moves that are still refused,
 * or with false when there is nothing left for this dialog to do.
 */
export class SalesProcessGateDialog extends Component {
    static template = "sales_process_framework.GateDialog";
    static components = { Dialog, ExceptionForm, MoveSection };
    static props = {
        moves: { type: Array, element: Object },
        /** Whether the request would create leads, which can start in the first stage instead. */
        canCreateInFirstStage: { type: Boolean, optional: true },
        retry: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.upload = useLeadUpload();
        this.root = useRef("root");
        this.state = useState({
            moves: this.props.moves.map((move) => reactive(new MoveDraft(move))),
            busy: false,
            error: "",
            notice: "",
            asking: false,
            reason: "",
        });
        this.state.moves[0].isOpen = true;
        // The first thing to do has the focus, not the cross that closes the dialog.
        useEffect(
            () => {
                this.focusFirst(".o_sales_process_item :enabled");
            },
            () => []
        );
    }

    get title() {
        const { moves } = this.state;
        if (moves.length === 1) {
            return _t("Before moving to %(stage)s", { stage: moves[0].data.to_stage });
        }
        return _t("%(count)s opportunities are not ready to move", { count: moves.length });
    }

    get isBatch() {
        return this.state.moves.length > 1;
    }

    get incomplete() {
        return this.state.moves.filter((move) => !move.isComplete);
    }

    get batchProgress() {
        return _t("%(open)s of %(total)s still need something", {
            open: this.incomplete.length,
            total: this.state.moves.length,
        });
    }

    /** Goes away by itself once the last marked point is answered. */
    get errorText() {
        return this.state.moves.some((move) => move.invalid.size)
            ? _t("Please complete the marked points first.")
            : this.state.error;
    }

    get hasInput() {
        return this.state.moves.some((move) => move.touched.length);
    }

    /** Moves that neither input nor time can settle without somebody's consent. */
    get exceptionMoves() {
        return this.incomplete.filter(
            ({ data }) =>
                data.lead_id &&
                data.exception_state !== "requested" &&
                (data.can_override || data.can_request)
        );
    }

    get canComplete() {
        return this.state.moves.every((move) => move.data.lead_id && !move.data.movement);
    }

    get canLetPass() {
        return this.exceptionMoves.every(({ data }) => data.can_override);
    }

    focusFirst(selector) {
        this.root.el?.querySelector(selector)?.focus();
    }

    /** Runs one action of the dialog: no second one meanwhile, errors are shown and lose nothing. */
    async run(callback) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        Object.assign(this.state, { error: "", notice: "" });
        try {
            await callback();
        } catch (error) {
            if (status(this) === "destroyed") {
                throw error;
            }
            this.state.error = this.readableError(error);
        } finally {
            this.state.busy = false;
        }
    }

    readableError(error) {
        if (error instanceof ConnectionLostError) {
            return _t("The server cannot be reached. Nothing is lost, please try again.");
        }
        return error.data?.message || error.message || _t("That did not work.");
    }

    /** Stores what was put in for one lead, files first. */
    async store(move) {
        const leadId = move.data.lead_id;
        for (const item of move.touched) {
            const draft = move.drafts[item.id];
            if (draft.files.length && !draft.attachmentIds) {
                draft.attachmentIds = await this.upload(leadId, draft.files);
            }
        }
        const entries = move.entries();
        if (entries.length) {
            await this.orm.call("crm.lead", "sales_process_complete", [[leadId], entries]);
            move.markSent();
            this.env.bus.trigger(LEAD_ANSWERED, { leadId });
        }
    }

    async storeAll() {
        for (const move of this.state.moves) {
            if (move.data.lead_id) {
                await this.store(move);
            }
        }
    }

    async retry(options) {
        if (status(this) === "destroyed") {
            return;
        }
        const refused = await this.props.retry(options);
        if (status(this) === "destroyed") {
            return;
        }
        if (!refused) {
            this.props.close();
            return;
        }
        const before = new Map(this.state.moves.map((move) => [move.data.lead_id, move]));
        this.state.moves = refused.map((data) =>
            reactive(new MoveDraft(data, before.get(data.lead_id)))
        );
        this.state.moves[0].isOpen = true;
        this.state.notice = _t("What you entered is saved. These points are still missing.");
    }

    complete() {
        const invalid = this.state.moves.filter((move) => !move.validate());
        if (invalid.length) {
            requestAnimationFrame(() =>
                this.focusFirst(
                    ".o_sales_process_item_invalid input:enabled, .o_sales_process_item_invalid button:enabled"
                )
            );
            return;
        }
        return this.run(async () => {
            await this.storeAll();
            await this.retry();
        });
    }

    createInFirstStage() {
        return this.run(async () => {
            await this.retry({ inFirstStage: true });
            if (this.action.currentController?.view?.type === "kanban") {
                // The card belongs into another column than the one it was created in.
                await this.action.doAction("soft_reload");
            }
        });
    }

    keep() {
        return this.run(async () => {
            await this.storeAll();
            this.notification.add(_t("Your answers are saved. The stage has not changed."), {
                type: "success",
            });
            this.props.close();
        });
    }

    requestException() {
        return this.run(async () => {
            const reason = this.state.reason.trim();
            const approvers = new Set();
            let waiting = 0;
            await this.storeAll();
            for (const { data } of this.exceptionMoves) {
                const answer = await this.orm.call("crm.lead", "sales_process_request_exception", [
                    [data.lead_id],
                    data.to_stage_id,
                    reason,
                ]);
                if (answer.state === "requested") {
                    waiting++;
                    answer.approvers.forEach((name) => approvers.add(name));
                    data.exception_state = "requested";
                }
                this.env.bus.trigger(LEAD_ANSWERED, { leadId: data.lead_id });
            }
            if (!waiting) {
                return this.retry();
            }
            this.notification.add(
                approvers.size
                    ? _t("Asked %(approvers)s for an exception.", {
                          approvers: [...approvers].join(", "),
                      })
                    : _t("The exception has been asked for."),
                { type: "info" }
            );
            this.props.close();
        });
    }

    /** Asks for, or gives, an approval: a message to somebody else is not a draft. */
    async callItem(move, item, method, args) {
        await this.run(async () => {
            const panel = await this.orm.call("crm.lead", method, [
                [move.data.lead_id],
                item.id,
                ...args,
            ]);
            const items = panel ? [...panel.exit, ...panel.entry, ...panel.reopened] : [];
            move.refreshItem(
                item.id,
                items.find((other) => other.id === item.id)
            );
            this.env.bus.trigger(LEAD_ANSWERED, { leadId: move.data.lead_id });
        });
    }

    onRequestApproval(move, item) {
        return this.callItem(move, item, "sales_process_request_approval", []);
    }

    onDecide(move, item, approve, note) {
        return this.callItem(move, item, "sales_process_decide", [approve, note]);
    }

    async openLead(leadId) {
        const current = this.action.currentController?.props;
        this.props.close();
        if (current?.resModel === "crm.lead" && current?.resId === leadId) {
            return;
        }
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: leadId,
            views: [[false, "form"]],
            target: "current",
        });
    }
}
