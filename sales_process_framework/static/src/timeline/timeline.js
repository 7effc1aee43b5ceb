import { Component, markup, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";

import { formatServerDateTime } from "../item/item_labels";

/** @returns {string} the icon of what a touch was recorded from */
export function getSourceIcon(source) {
    switch (source) {
        case "email_in":
        case "email_out":
            return "fa-envelope-o";
        case "call":
            return "fa-phone";
        case "meeting":
            return "fa-calendar";
        case "web_form":
            return "fa-globe";
        case "livechat":
            return "fa-comments-o";
        case "note":
            return "fa-sticky-note-o";
        case "activity":
            return "fa-check-square-o";
    }
    return "fa-hand-o-up";
}

/** Something that happened. */
export class TimelineTouch extends Component {
    static template = "sales_process_framework.TimelineTouch";
    static props = { touch: Object, name: String, busy: Boolean, onRemove: Function };

    get icon() {
        return getSourceIcon(this.props.touch.source);
    }

    get directionInfo() {
        switch (this.props.touch.direction) {
            case "in":
                return { icon: "oi oi-arrow-left", label: _t("From the customer") };
            case "out":
                return { icon: "oi oi-arrow-right", label: _t("To the customer") };
        }
        return { icon: "fa fa-building-o", label: _t("Inside the company") };
    }

    get date() {
        return formatServerDateTime(this.props.touch.date);
    }

    get who() {
        const { user, contact } = this.props.touch;
        return [user, contact].filter(Boolean).join(" · ");
    }
}

/** A touchpoint that did not take place yet, with what is to be done. */
export class TimelineExpected extends Component {
    static template = "sales_process_framework.TimelineExpected";
    static props = {
        item: Object,
        missed: { type: Boolean, optional: true },
        canRecord: Boolean,
        busy: Boolean,
        onRecord: Function,
    };

    setup() {
        this.state = useState({ open: false });
    }

    get script() {
        return this.props.item.script ? markup(this.props.item.script) : false;
    }

    get deadline() {
        return formatServerDateTime(this.props.item.deadline);
    }

    get hasMore() {
        const { action, script, deliverable, need } = this.props.item;
        return Boolean(action || script || deliverable || need);
    }

    get channelIcon() {
        return { online: "fa-globe", offline: "fa-handshake-o", internal: "fa-building-o" }[
            this.props.item.channel_kind
        ];
    }
}

/**
 * What happened on a lead along the phases of its customer journey, what comes next and what was
 * missed. Shows what `get_sales_journey_timeline` returns.
 */
export class JourneyTimeline extends Component {
    static template = "sales_process_framework.JourneyTimeline";
    static components = { Dropdown, DropdownItem, TimelineExpected, TimelineTouch };
    static props = {
        timeline: Object,
        busy: Boolean,
        error: String,
        onRecord: Function,
        onRemove: Function,
    };

    setup() {
        this.state = useState({ shown: new Set() });
    }

    get timeline() {
        return this.props.timeline;
    }

    get names() {
        const names = {};
        for (const phase of this.timeline.phases) {
            for (const touchpoint of phase.touchpoints) {
                names[touchpoint.id] = touchpoint.name;
            }
        }
        return names;
    }

    get next() {
        return this.timeline.next;
    }

    touchName(touch) {
        return this.names[touch.touchpoint_id] || touch.summary || touch.source_label;
    }

    stateInfo(phase) {
        switch (phase.state) {
            case "done":
                return { label: _t("Done"), icon: "fa-check" };
            case "current":
                return { label: _t("Now"), icon: "fa-map-marker" };
        }
        return { label: _t("Ahead"), icon: "fa-circle-o" };
    }

    /** What lies ahead is folded until somebody asks for it. */
    isExpectedShown(phase) {
        return phase.state === "current" || this.state.shown.has(phase.id);
    }

    toggle(phase) {
        const { shown } = this.state;
        shown[shown.has(phase.id) ? "delete" : "add"](phase.id);
    }

    expectedLabel(phase) {
        return _t("%(count)s expected", { count: phase.expected.length });
    }
}
