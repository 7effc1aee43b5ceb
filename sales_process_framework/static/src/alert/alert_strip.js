import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const LOOKS = {
    info: { className: "alert-info", icon: "fa-info-circle" },
    warning: { className: "alert-warning", icon: "fa-exclamation-triangle" },
    critical: { className: "alert-danger", icon: "fa-exclamation-circle" },
};

/** Open alerts of a lead on its form, each with its facts and what to do. Loads only when there are any. */
export class SalesAlertStrip extends Component {
    static template = "sales_process_framework.AlertStrip";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ alerts: [] });
        this.loadId = 0;
        useRecordObserver((record) => {
            // Read here, so that the strip follows the number of alerts.
            const count = record.data.sales_alert_count;
            return this.load(count ? record.resId : false);
        });
    }

    async load(leadId) {
        const loadId = ++this.loadId;
        const alerts = leadId ? await this.orm.call("crm.lead", "get_sales_alerts", [leadId]) : [];
        if (loadId === this.loadId) {
            this.state.alerts = alerts;
        }
    }

    look(alert) {
        return LOOKS[alert.severity] || LOOKS.warning;
    }

    async done(alert) {
        await this.orm.call("sales.process.alert", "action_done", [alert.id]);
        await this.props.record.load();
    }

    async snooze(alert) {
        const action = await this.orm.call("sales.process.alert", "action_open_snooze", [alert.id]);
        await this.action.doAction(action, { onClose: () => this.props.record.load() });
    }
}

export const salesAlertStrip = {
    component: SalesAlertStrip,
    fieldDependencies: [{ name: "sales_alert_count", type: "integer", readonly: true }],
};

registry.category("view_widgets").add("sales_process_alerts", salesAlertStrip);
