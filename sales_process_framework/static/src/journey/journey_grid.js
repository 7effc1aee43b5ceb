import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useSortable } from "@web/core/utils/sortable_owl";

import { JourneyCard } from "./journey_card";
import { PHASE_TEXTS, getPhaseKindLabel, getRowLabels } from "./journey_labels";
import { JourneyText } from "./journey_text";

/** The map: phases across; stages, needs, pains, information channels and touchpoints down. */
export class JourneyGrid extends Component {
    static template = "sales_process_framework.JourneyGrid";
    static components = { JourneyCard, JourneyText };
    static props = {
        phases: Array,
        canEdit: Boolean,
        /** See `SalesProcessJourneyMap.actions`. */
        actions: Object,
        /** { id } of the touchpoint that takes the focus once: it was moved by key. */
        focus: { type: [Object, Boolean], optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.texts = PHASE_TEXTS;
        this.labels = getRowLabels();
        useSortable({
            ref: this.root,
            enable: () => this.props.canEdit,
            elements: ".o_sales_process_journey_card",
            groups: ".o_sales_process_journey_cards",
            connectGroups: true,
            ignore: ".o_sales_process_journey_card_menu",
            cursor: "grabbing",
            placeholderClasses: ["o_sales_process_journey_placeholder"],
            onDrop: this.onDrop.bind(this),
        });
        useEffect(
            (focus) => {
                if (focus) {
                    this.root.el
                        .querySelector(
                            `[data-touchpoint-id='${focus.id}'] .o_sales_process_journey_card_name`
                        )
                        ?.focus();
                }
            },
            () => [this.props.focus]
        );
    }

    getKindLabel(phase) {
        return getPhaseKindLabel(phase.kind);
    }

    getTextLabel(phase, field) {
        return _t("%(row)s in %(phase)s", { row: this.labels[field], phase: phase.name });
    }

    getOtherPhases(current) {
        return this.props.phases.map(({ id, name }) => ({
            id,
            name,
            isCurrent: id === current.id,
        }));
    }

    /** Move by one phase or by one place; nothing at the edges. */
    step(phase, index, phaseStep, orderStep) {
        const id = phase.touchpoints[index].id;
        if (phaseStep) {
            const target = this.props.phases[this.props.phases.indexOf(phase) + phaseStep];
            if (target) {
                this.props.actions.move(id, target.id, Math.min(index, target.touchpoints.length));
            }
        } else if (phase.touchpoints[index + orderStep]) {
            this.props.actions.move(id, phase.id, index + orderStep);
        }
    }

    onDrop({ element, previous, parent }) {
        const phaseId = Number(parent.dataset.phaseId);
        const id = Number(element.dataset.touchpointId);
        const others = this.props.phases
            .find((phase) => phase.id === phaseId)
            .touchpoints.filter((touchpoint) => touchpoint.id !== id);
        const previousId = Number(previous?.dataset.touchpointId || 0);
        const index = others.findIndex((touchpoint) => touchpoint.id === previousId) + 1;
        this.props.actions.move(id, phaseId, index, { byKey: false });
    }
}
