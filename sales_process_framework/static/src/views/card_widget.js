import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { healthLabel } from "../health/health_bands";
import { getStageTime } from "./stage_time";

/** Gate progress and time in the stage on a pipeline card, from stored fields only. */
export class SalesProcessCardWidget extends Component {
    static template = "sales_process_framework.CardWidget";
    static props = { ...standardWidgetProps };

    get data() {
        return this.props.record.data;
    }

    get percent() {
        return this.data.sales_gate_progress || 0;
    }

    get time() {
        return getStageTime(this.data.sales_stage_entered, this.data.sales_stage_deadline);
    }

    get health() {
        const band = this.data.sales_health_band;
        if (!band) {
            return false;
        }
        const colors = { good: "bg-success", watch: "bg-warning", poor: "bg-danger" };
        return {
            color: colors[band],
            title: _t("Health %(score)s: %(band)s", {
                score: this.data.sales_health,
                band: healthLabel(band),
            }),
        };
    }

    get barClass() {
        switch (this.data.sales_gate_state) {
            case "ready":
                return "bg-success";
            case "held":
                return "bg-warning";
        }
        return "bg-primary";
    }

    get label() {
        switch (this.data.sales_gate_state) {
            case "ready":
                return _t("Ready to advance");
            case "held":
                return _t("Held back, %(percent)s% done", { percent: this.percent });
        }
        return _t("%(percent)s% of the stage done", { percent: this.percent });
    }
}

export const salesProcessCardWidget = {
    component: SalesProcessCardWidget,
    fieldDependencies: [
        { name: "sales_gate_state", type: "selection", readonly: true },
        { name: "sales_health", type: "integer", readonly: true },
        { name: "sales_health_band", type: "selection", readonly: true },
        { name: "sales_gate_progress", type: "integer", readonly: true },
        { name: "sales_stage_entered", type: "datetime", readonly: true },
        { name: "sales_stage_deadline", type: "datetime", readonly: true },
    ],
};

registry.category("view_widgets").add("sales_process_card", salesProcessCardWidget);
