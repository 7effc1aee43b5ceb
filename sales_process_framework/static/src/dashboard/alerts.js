import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardCard } from "./dashboard_card";
import { formatSince } from "./dashboard_format";

/** Open alerts, the gravest first. */
export class Alerts extends Component {
    static template = "sales_process_framework.DashboardAlerts";
    static components = { DashboardCard };
    static props = { alerts: Object, onOpen: Function };

    get severities() {
        const { counts } = this.props.alerts;
        return [
            {
                key: "critical",
                band: "alert",
                icon: "fa-exclamation-triangle",
                name: _t("Critical"),
            },
            { key: "warning", band: "watch", icon: "fa-exclamation-circle", name: _t("Warning") },
            { key: "info", band: "none", icon: "fa-info-circle", name: _t("Information") },
        ].map((severity) => ({ ...severity, count: counts[severity.key] || 0 }));
    }

    get allLabel() {
        return _t("All %s alerts", this.props.alerts.total);
    }

    getSeverity(key) {
        return this.severities.find((severity) => severity.key === key) || this.severities.at(-1);
    }

    since(alert) {
        return formatSince(alert.opened);
    }
}
