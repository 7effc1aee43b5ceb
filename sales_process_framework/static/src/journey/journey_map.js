import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast, Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { JourneyGrid } from "./journey_grid";
import { getQuadrantKey } from "./journey_labels";
import { JourneyMatrix } from "./journey_matrix";

const LAST_JOURNEY = "sales_process_journey_map_last";

/** The customer journey as a picture: the map and the priority matrix of one journey. */
export class SalesProcessJourneyMap extends Component {
    static template = "sales_process_framework.JourneyMap";
    static components = { Dropdown, DropdownItem, JourneyGrid, JourneyMatrix, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.mutex = new Mutex();
        this.pending = 0;
        this.state = useState({
            journeys: [],
            canCreate: false,
            map: false,
            mode: this.props.state?.mode || "map",
            focus: false,
            announcement: "",
        });
        this.display = { controlPanel: {} };
        this.modes = [
            { key: "map", name: _t("Map"), icon: "fa-columns" },
            { key: "matrix", name: _t("Matrix"), icon: "fa-th-large" },
        ];
        this.actions = {
            move: this.move.bind(this),
            setPriority: this.setPriority.bind(this),
            savePhaseText: this.savePhaseText.bind(this),
            openPhase: this.openPhase.bind(this),
            openTouchpoint: this.openTouchpoint.bind(this),
            addTouchpoint: this.addTouchpoint.bind(this),
            removeTouchpoint: this.removeTouchpoint.bind(this),
        };
        onWillStart(() => this.start());
    }

    // --- reading -----------------------------------------------------------------------------------

    async start() {
        this.state.journeys = await this.orm.searchRead(
            "sales.process.journey",
            [],
            ["display_name", "state"]
        );
        const journeyId = this.chooseJourney();
        if (journeyId) {
            await this.load(journeyId);
        } else {
            this.state.canCreate = await user.checkAccessRight("sales.process.journey", "create");
        }
    }

    /** The journey that was asked for, or the last one seen, or one in use. */
    chooseJourney() {
        const { context, params } = this.props.action;
        const asked = context?.active_id || params?.journey_id;
        const last = Number(browser.localStorage.getItem(LAST_JOURNEY));
        const { journeys } = this.state;
        const found =
            journeys.find((journey) => journey.id === asked) ||
            journeys.find((journey) => journey.id === last) ||
            journeys.find((journey) => journey.state === "active") ||
            journeys[0];
        return asked && !found ? asked : found?.id;
    }

    async load(journeyId) {
        this.state.map = await this.keepLast.add(
            this.orm.call("sales.process.journey", "get_journey_map", [[journeyId]])
        );
        this.props.updateActionState?.({ active_id: journeyId });
    }

    async selectJourney(journeyId) {
        browser.localStorage.setItem(LAST_JOURNEY, journeyId);
        this.state.focus = false;
        await this.load(journeyId);
    }

    reload() {
        return this.load(this.journey.id);
    }

    get journey() {
        return this.state.map.journey;
    }

    get canEdit() {
        return Boolean(this.journey?.can_edit);
    }

    getStateLabel({ state }) {
        return { draft: _t("Draft"), active: _t("Active"), retired: _t("Retired") }[state];
    }

    setMode(mode) {
        this.state.focus = false;
        this.state.mode = mode;
    }

    get touchpointCount() {
        return this.state.map.phases.reduce((count, phase) => count + phase.touchpoints.length, 0);
    }

    find(touchpointId) {
        for (const phase of this.state.map.phases) {
            const index = phase.touchpoints.findIndex(({ id }) => id === touchpointId);
            if (index >= 0) {
                return { phase, index, touchpoint: phase.touchpoints[index] };
            }
        }
    }

    // --- changing ----------------------------------------------------------------------------------

    /**
     * Show a change at once, then store it and show what the server has; a refused change is undone
     * by that, and its error goes on to the user.
     */
    async change(apply, store) {
        this.state.map = { ...this.state.map, phases: apply(this.state.map.phases) };
        this.pending++;
        try {
            await this.mutex.exec(store);
        } finally {
            // Changes that follow each other fast are shown as they will be, until the last is stored.
            if (!--this.pending) {
                await this.reload();
            }
        }
    }

    /** Put a touchpoint at `index` of a phase (its end unless said). */
    async move(touchpointId, phaseId, index, { byKey = true } = {}) {
        const { touchpoint } = this.find(touchpointId);
        const target = this.state.map.phases.find(({ id }) => id === phaseId);
        const others = target.touchpoints.filter(({ id }) => id !== touchpointId);
        const position = index ?? others.length;
        const arranged = others.toSpliced(position, 0, touchpoint);
        this.state.focus = byKey && { id: touchpointId };
        await this.change(
            (phases) =>
                phases.map((phase) => ({
                    ...phase,
                    touchpoints:
                        phase.id === phaseId
                            ? arranged
                            : phase.touchpoints.filter(({ id }) => id !== touchpointId),
                })),
            () =>
                this.orm.call("sales.process.journey", "move_touchpoint", [
                    [this.journey.id],
                    touchpointId,
                    phaseId,
                    position,
                ])
        );
        this.state.announcement = _t("%(touchpoint)s: %(phase)s, place %(place)s", {
            touchpoint: touchpoint.name,
            phase: target.name,
            place: position + 1,
        });
    }

    async setPriority(touchpointId, importance, urgency, { byKey = true } = {}) {
        const { touchpoint } = this.find(touchpointId);
        if (touchpoint.importance === importance && touchpoint.urgency === urgency) {
            return;
        }
        const values = { importance, urgency };
        const changed = { ...touchpoint, ...values, quadrant: getQuadrantKey(importance, urgency) };
        this.state.focus = byKey && { id: touchpointId };
        await this.change(
            (phases) =>
                phases.map((phase) => ({
                    ...phase,
                    touchpoints: phase.touchpoints.map((other) =>
                        other.id === touchpointId ? changed : other
                    ),
                })),
            () => this.orm.write("sales.process.touchpoint", [touchpointId], values)
        );
        this.state.announcement = _t(
            "%(touchpoint)s: importance %(importance)s, urgency %(urgency)s",
            { touchpoint: touchpoint.name, importance, urgency }
        );
    }

    savePhaseText(phase, field, text) {
        return this.change(
            (phases) =>
                phases.map((other) =>
                    other.id === phase.id ? { ...other, [field]: text } : other
                ),
            () => this.orm.write("sales.process.journey.phase", [phase.id], { [field]: text })
        );
    }

    // --- dialogs and server actions ------------------------------------------------------------------

    openForm(resModel, title, props) {
        this.state.focus = false;
        this.dialog.add(FormViewDialog, {
            resModel,
            title,
            size: "lg",
            onRecordSaved: () => this.reload(),
            ...props,
        });
    }

    openTouchpoint(resId) {
        this.openForm("sales.process.touchpoint", _t("Touchpoint"), {
            resId,
            readonly: !this.canEdit,
            preventEdit: !this.canEdit,
            preventCreate: true,
        });
    }

    /** Off the map; what was recorded on leads stays. */
    removeTouchpoint(touchpoint) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Take %s off the map?", touchpoint.name),
            body: _t(
                "Nothing more is recorded at it. What was recorded on leads stays, and you find it among the archived touchpoints."
            ),
            confirmLabel: _t("Take off the map"),
            confirm: async () => {
                await this.orm.call("sales.process.touchpoint", "action_archive", [
                    [touchpoint.id],
                ]);
                await this.reload();
            },
            cancel: () => {},
        });
    }

    addTouchpoint(phase) {
        this.openForm("sales.process.touchpoint", _t("New touchpoint in %s", phase.name), {
            context: {
                default_journey_id: this.journey.id,
                default_phase_id: phase.id,
                default_sequence: 10 * (phase.touchpoints.length + 1),
            },
        });
    }

    openPhase(phase) {
        this.openForm("sales.process.journey.phase", _t("Phase"), {
            resId: phase.id,
            preventCreate: true,
        });
    }

    addPhase() {
        this.openForm("sales.process.journey.phase", _t("New phase"), {
            context: {
                default_journey_id: this.journey.id,
                default_sequence: 10 * (this.state.map.phases.length + 1),
            },
        });
    }

    newFromTemplate() {
        return this.action.doAction("sales_process_framework.sales_process_journey_import_action");
    }

    newJourney() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sales.process.journey",
            views: [[false, "form"]],
        });
    }

    openJourney() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sales.process.journey",
            res_id: this.journey.id,
            views: [[false, "form"]],
        });
    }

    async run(method) {
        const action = await this.orm.call("sales.process.journey", method, [[this.journey.id]]);
        if (action) {
            await this.action.doAction(action);
        }
    }
}

registry.category("actions").add("sales_process_journey_map", SalesProcessJourneyMap);
