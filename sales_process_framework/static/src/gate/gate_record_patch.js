import { patch } from "@web/core/utils/patch";
import { Record } from "@web/model/relational_model/record";
import { KanbanQuickCreateController } from "@web/views/kanban/kanban_record_quick_create";

import { isHandledGateError } from "./gate_error";

/**
 * A form that keeps the refused stage among its unsaved values would ask again at every save and
 * could not be left. Only the stage goes back; whatever else was typed stays.
 */
patch(Record.prototype, {
    async _save(options = {}) {
        if (this.resModel !== "crm.lead") {
            return super._save(...arguments);
        }
        const { onError } = options;
        let turnedDown = false;
        const onGateError = (error, actions) => {
            if (isHandledGateError(error)) {
                // Whoever wanted to leave stays: the user closed the dialog to look at the lead.
                turnedDown = true;
                return false;
            }
            return onError(error, actions);
        };
        try {
            const saved = await super._save({
                ...options,
                ...(onError && { onError: onGateError }),
            });
            if (turnedDown) {
                await this._salesProcessRevertStage();
            }
            return saved;
        } catch (error) {
            if (isHandledGateError(error)) {
                await this._salesProcessRevertStage();
            }
            throw error;
        }
    },

    async _salesProcessRevertStage() {
        // A new record has no stage to go back to.
        if (this.resId && "stage_id" in this._changes) {
            await this._update({ stage_id: this._values.stage_id }, { withoutOnchange: true });
            delete this._changes.stage_id;
            this.dirty = Object.keys(this._changes).length > 0;
        }
    },
});

patch(KanbanQuickCreateController.prototype, {
    showFormDialogInError(error) {
        if (isHandledGateError(error)) {
            // The user has read what is missing and went back: the quick create stays as it is.
            return;
        }
        return super.showFormDialogInError(...arguments);
    },
});
