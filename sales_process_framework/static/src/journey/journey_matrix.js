import { Component, useEffect, useRef } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { useSortable } from "@web/core/utils/sortable_owl";

import { HIGH, LEVELS, getQuadrant, getQuadrants } from "./journey_labels";

/**
 * A cell names its touchpoints as long as they fit; beyond that the numbers point to the table. The
 * cells of high importance are higher.
 */
const NAMED_PER_CELL = { high: 3, low: 2 };

/**
 * Touchpoints by importance (up) and urgency (along), 1 to 5 each, in four quadrants; the table
 * behind the picture says the same and changes the same. A bubble stays where its cell is: bubbles
 * of one cell stand in the order of the map.
 */
export class JourneyMatrix extends Component {
    static template = "sales_process_framework.JourneyMatrix";
    static props = {
        phases: Array,
        canEdit: Boolean,
        actions: Object,
        focus: { type: [Object, Boolean], optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.levels = LEVELS;
        this.levelsDown = [...LEVELS].reverse();
        this.quadrants = getQuadrants();
        this.labels = { importance: _t("Importance"), urgency: _t("Urgency") };
        useSortable({
            ref: this.root,
            enable: () => this.props.canEdit,
            elements: ".o_sales_process_bubble",
            groups: ".o_sales_process_priority_cell",
            // A bubble is small: less than its radius is a drag.
            tolerance: 5,
            connectGroups: true,
            cursor: "grabbing",
            placeholderClasses: ["o_sales_process_journey_placeholder"],
            onDrop: this.onDrop.bind(this),
        });
        useEffect(
            (focus) => {
                if (focus) {
                    this.root.el
                        .querySelector(`.o_sales_process_bubble[data-touchpoint-id='${focus.id}']`)
                        ?.focus();
                }
            },
            () => [this.props.focus]
        );
    }

    /** Touchpoints in the order of the map, numbered: the number on a bubble is the row of the table. */
    getRows() {
        const rows = [];
        for (const phase of this.props.phases) {
            for (const touchpoint of phase.touchpoints) {
                rows.push({
                    ...touchpoint,
                    number: rows.length + 1,
                    phase: phase.name,
                    quadrantLabel: getQuadrant(touchpoint.quadrant),
                });
            }
        }
        return rows;
    }

    /** @returns {{ [key: string]: Object[] }} rows by "importance_urgency" */
    groupByCell(rows) {
        return Object.groupBy(rows, (row) => `${row.importance}_${row.urgency}`);
    }

    /** Bubble and row show that they are one. Not by a render: that would end a drag. */
    highlight(row, on) {
        for (const el of this.root.el.querySelectorAll(`[data-touchpoint-id='${row.id}']`)) {
            el.classList.toggle("o_sales_process_priority_hovered", on);
        }
    }

    isNamed(cell) {
        return cell.length <= NAMED_PER_CELL[cell[0].importance >= HIGH ? "high" : "low"];
    }

    getCellLabel(importance, urgency) {
        return _t("Importance %(importance)s, urgency %(urgency)s", { importance, urgency });
    }

    getBubbleTitle(row) {
        return _t(
            "%(number)s. %(name)s (%(phase)s): importance %(importance)s, urgency %(urgency)s",
            {
                number: row.number,
                name: row.name,
                phase: row.phase,
                importance: row.importance,
                urgency: row.urgency,
            }
        );
    }

    countOf(rows, quadrant) {
        return rows.filter((row) => row.quadrant === quadrant.key).length;
    }

    onDrop({ element, parent }) {
        const id = Number(element.dataset.touchpointId);
        this.props.actions.setPriority(
            id,
            Number(parent.dataset.importance),
            Number(parent.dataset.urgency),
            { byKey: false }
        );
    }

    onKeydown(row, ev) {
        if (!this.props.canEdit || !ev.shiftKey || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const forward = localization.direction === "rtl" ? -1 : 1;
        const step = {
            ArrowRight: [0, forward],
            ArrowLeft: [0, -forward],
            ArrowUp: [1, 0],
            ArrowDown: [-1, 0],
        }[ev.key];
        if (step) {
            ev.preventDefault();
            this.set(row, row.importance + step[0], row.urgency + step[1]);
        }
    }

    set(row, importance, urgency, options) {
        const isLevel = (level) => LEVELS.includes(level);
        if (isLevel(importance) && isLevel(urgency)) {
            this.props.actions.setPriority(row.id, importance, urgency, options);
        }
    }

    onSelect(row, field, ev) {
        const { importance, urgency } = { ...row, [field]: Number(ev.target.value) };
        this.set(row, importance, urgency, { byKey: false });
    }
}
