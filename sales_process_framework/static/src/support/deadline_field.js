import { Component, onWillUnmount, useState } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;
const TICK = 30000;

/** Time as it fits a badge: "12 min", "3 h", "2 d". */
function formatSpan(duration) {
    const minutes = Math.floor(Math.abs(duration.as("minutes")));
    if (minutes < 60) {
        return _t("%(minutes)s min", { minutes });
    }
    const hours = Math.floor(minutes / 60);
    return hours < 24
        ? _t("%(hours)s h", { hours })
        : _t("%(days)s d", { days: Math.floor(hours / 24) });
}

/**
 * How a promise stands at a moment. Late and at risk come with time, so they are judged here again;
 * the server says the rest.
 *
 * @param {{ clock: string, deadline: luxon.DateTime, atRisk: luxon.DateTime|false }} promise
 * @returns {{ text: string, className: string, icon: string }}
 */
export function describePromise({ clock, deadline, atRisk }, now = DateTime.now()) {
    const span = formatSpan(deadline.diff(now));
    switch (clock) {
        case "kept":
            return {
                text: _t("Delivered in time"),
                className: "text-bg-success",
                icon: "fa-check",
            };
        case "broken":
            return { text: _t("Delivered late"), className: "text-bg-danger", icon: "fa-times" };
        case "paused":
            return { text: _t("Paused"), className: "text-bg-secondary", icon: "fa-pause" };
        case "none":
            return { text: "", className: "", icon: "" };
    }
    if (clock === "late" || deadline < now) {
        return {
            text: _t("%(span)s late", { span }),
            className: "text-bg-danger",
            icon: "fa-exclamation-triangle",
        };
    }
    const risky = clock === "at_risk" || (atRisk && atRisk <= now);
    return {
        text: _t("%(span)s left", { span }),
        className: risky ? "text-bg-warning" : "text-bg-info",
        icon: risky ? "fa-hourglass-end" : "fa-clock-o",
    };
}

/** The deadline of a support request: a badge that ticks. */
export class SalesProcessSupportDeadline extends Component {
    static template = "sales_process_framework.SupportDeadline";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const timer = setInterval(() => (this.state.now = DateTime.now()), TICK);
        onWillUnmount(() => clearInterval(timer));
    }

    get deadline() {
        return this.props.record.data[this.props.name];
    }

    get promise() {
        const { clock, at_risk_from: atRisk } = this.props.record.data;
        return describePromise({ clock, deadline: this.deadline, atRisk }, this.state.now);
    }

    get title() {
        return _t("Deadline: %(date)s", { date: formatDateTime(this.deadline) });
    }
}

export const salesProcessSupportDeadline = {
    component: SalesProcessSupportDeadline,
    displayName: _t("Deadline of a promise"),
    supportedTypes: ["datetime"],
    listViewWidth: [150, 210],
    fieldDependencies: [
        { name: "clock", type: "selection", selection: [], readonly: true },
        { name: "at_risk_from", type: "datetime", readonly: true },
    ],
};

registry.category("fields").add("sales_process_support_deadline", salesProcessSupportDeadline);
