import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";

import { CHANNEL_ICONS, getChannelKindLabel, getQuadrant } from "./journey_labels";

/** One touchpoint on the map. Moves by mouse (see the grid), by Shift and an arrow, or by its menu. */
export class JourneyCard extends Component {
    static template = "sales_process_framework.JourneyCard";
    static components = { Dropdown, DropdownItem };
    static props = {
        touchpoint: Object,
        canEdit: Boolean,
        /** [{ id, name, isCurrent }] */
        phases: Array,
        isFirst: Boolean,
        isLast: Boolean,
        onOpen: Function,
        /** (phaseId) => move to the end of this phase */
        onMoveTo: Function,
        /** (phaseStep, orderStep) => move by one */
        onStep: Function,
        onRemove: Function,
    };

    get channelIcon() {
        return CHANNEL_ICONS[this.props.touchpoint.channel_kind] || "fa-circle-o";
    }

    get channelLabel() {
        const { channel, channel_kind } = this.props.touchpoint;
        return channel || getChannelKindLabel(channel_kind);
    }

    get quadrant() {
        return getQuadrant(this.props.touchpoint.quadrant);
    }

    get quadrantTitle() {
        const { importance, urgency } = this.props.touchpoint;
        return _t("Importance %(importance)s of 5, urgency %(urgency)s of 5", {
            importance,
            urgency,
        });
    }

    onKeydown(ev) {
        if (!this.props.canEdit || !ev.shiftKey || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const forward = localization.direction === "rtl" ? -1 : 1;
        const step = {
            ArrowRight: [forward, 0],
            ArrowLeft: [-forward, 0],
            ArrowDown: [0, 1],
            ArrowUp: [0, -1],
        }[ev.key];
        if (step) {
            ev.preventDefault();
            this.props.onStep(...step);
        }
    }
}
