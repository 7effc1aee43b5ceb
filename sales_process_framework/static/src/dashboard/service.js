import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardCard } from "./dashboard_card";
import { formatValue, getBand } from "./dashboard_format";

const CODES = ["first_response_time", "first_response_kept", "sla_kept"];

/** How quickly customers and colleagues get answers: over the period, and who waits now. */
export class Service extends Component {
    static template = "sales_process_framework.DashboardService";
    static components = { DashboardCard };
    static props = {
        service: Object,
        indicators: Array,
        onSelect: Function,
        onOpen: Function,
    };

    get indicators() {
        return CODES.map((code) => this.props.indicators.find((row) => row.code === code)).filter(
            Boolean
        );
    }

    format(indicator) {
        return formatValue(indicator.value, indicator.unit, indicator.currency_id);
    }

    getBand(indicator) {
        return indicator.has_bands && indicator.has_data && getBand(indicator.band);
    }

    get waiting() {
        const { service } = this.props;
        return [
            {
                key: "waiting",
                model: "sales.process.response",
                name: _t("Customers waiting for an answer"),
                count: service.waiting,
                late: false,
            },
            {
                key: "late",
                model: "sales.process.response",
                name: _t("Answers that are late"),
                count: service.late,
                late: true,
            },
            {
                key: "requests",
                model: "sales.process.support.request",
                name: _t("Support requests in work"),
                count: service.requests,
                late: false,
            },
            {
                key: "requests_late",
                model: "sales.process.support.request",
                name: _t("Support requests past their deadline"),
                count: service.requests_late,
                late: true,
            },
        ];
    }
}
