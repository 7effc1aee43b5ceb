import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { RolloutAdoption } from "./rollout_adoption";

const PHASE = "sales.process.rollout.phase";
const CHECK = "sales.process.rollout.check";

/** The phases of a rollout in a row: what each waits for, who is missing, what it brought. */
export class RolloutBoardField extends Component {
    static template = "sales_process_framework.RolloutBoardField";
    static components = { RolloutAdoption };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ busy: false });
    }

    get board() {
        return this.props.record.data[this.props.name] || { phases: [] };
    }

    icon(phase, index) {
        if (phase.state === "open") {
            return { class: "fa-check", title: _t("Open"), text: "" };
        }
        if (phase.state === "back") {
            return { class: "fa-undo", title: _t("Taken back"), text: "" };
        }
        return { class: "", title: _t("Waiting"), text: String(index + 1) };
    }

    light(condition) {
        return condition.holds
            ? { class: "fa-check-circle text-success", title: _t("Holds") }
            : { class: "fa-circle-o text-danger", title: _t("Does not hold yet") };
    }

    metCount(phase) {
        return phase.conditions.filter((condition) => condition.holds).length;
    }

    isReady(phase) {
        return this.metCount(phase) === phase.conditions.length;
    }

    waitingFor(phase) {
        return phase.conditions
            .filter((condition) => !condition.holds)
            .map((condition) => condition.name)
            .join(", ");
    }

    about(check) {
        return [check.who, check.until].filter(Boolean).join(", ");
    }

    open(phase) {
        return this.run(PHASE, "action_open_opening", phase.id);
    }

    goBack(phase) {
        return this.run(PHASE, "action_open_return", phase.id);
    }

    edit(phase) {
        return this.run(PHASE, "action_edit", phase.id);
    }

    toggle(check) {
        return this.run(CHECK, "action_toggle", check.id);
    }

    /** Call a method of a phase or a point of the checklist, show what it opens, and look again. */
    async run(model, method, id) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            // What was typed is kept first: the dry run reads the plan as it is stored.
            if (!(await this.props.record.save())) {
                return;
            }
            const result = await this.orm.call(model, method, [[id]]);
            if (result && result.type) {
                await this.action.doAction(result, { onClose: () => this.reload() });
            } else {
                await this.reload();
            }
        } finally {
            this.state.busy = false;
        }
    }

    reload() {
        return this.props.record.load();
    }
}

export const rolloutBoardField = {
    component: RolloutBoardField,
    displayName: _t("Board of a rollout"),
    supportedTypes: ["json"],
    additionalClasses: ["w-100"],
};

registry.category("fields").add("sales_process_rollout_board", rolloutBoardField);
