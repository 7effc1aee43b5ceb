import { Component, onMounted, onWillUnmount, reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { getResponseTime } from "./response_time";

const { DateTime } = luxon;

/** One timer for all the clocks on the screen; it stops with the last of them. */
const ticker = reactive({ now: DateTime.now() });
let clocks = 0;
let timer = null;

function startTicking() {
    if (!clocks++) {
        ticker.now = DateTime.now();
        timer = browser.setInterval(() => (ticker.now = DateTime.now()), 1000);
    }
}

function stopTicking() {
    if (!--clocks) {
        browser.clearInterval(timer);
    }
}

const LOOKS = {
    good: { badge: "text-bg-success", icon: "fa-hourglass-start" },
    soon: { badge: "text-bg-warning", icon: "fa-hourglass-half" },
    late: { badge: "text-bg-danger", icon: "fa-exclamation-circle" },
};

/** Time left to answer a customer, running down. */
export class SalesResponseClock extends Component {
    static template = "sales_process_framework.ResponseClock";
    static props = { deadline: true, started: { optional: true } };

    setup() {
        this.ticker = useState(ticker);
        onMounted(startTicking);
        onWillUnmount(stopTicking);
    }

    get time() {
        return getResponseTime(this.props.started, this.props.deadline, this.ticker.now);
    }

    get look() {
        return LOOKS[this.time.state];
    }
}

/** The clock of a lead, for cards, lists and forms; only leads that wait make it tick. */
export class SalesResponseClockField extends Component {
    static template = "sales_process_framework.ResponseClockField";
    static components = { SalesResponseClock };
    static props = { ...standardFieldProps };

    get deadline() {
        return this.isActive && this.props.record.data[this.props.name];
    }

    get started() {
        return this.props.record.data.sales_response_started;
    }

    get isActive() {
        return this.props.record.data.active !== false;
    }
}

export const salesResponseClockField = {
    component: SalesResponseClockField,
    displayName: _t("Response clock"),
    supportedTypes: ["datetime"],
    listViewWidth: [90, 130],
    fieldDependencies: [{ name: "sales_response_started", type: "datetime", readonly: true }],
};

registry.category("fields").add("sales_response_clock", salesResponseClockField);
