import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { healthClass, healthLabel } from "./health_bands";

/** The score of a lead; its parts with their reasons are asked for when somebody opens it. */
export class SalesProcessHealth extends Component {
    static template = "sales_process_framework.Health";
    static components = { Dropdown };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ health: undefined, error: "" });
    }

    get data() {
        return this.props.record.data;
    }

    get score() {
        return this.state.health ? this.state.health.score : this.data.sales_health;
    }

    get band() {
        return this.state.health ? this.state.health.band : this.data.sales_health_band;
    }

    get bandClass() {
        return healthClass(this.band);
    }

    get label() {
        return healthLabel(this.band);
    }

    get title() {
        return _t("Lead health: %(score)s of 100, %(band)s", {
            score: this.score,
            band: this.label,
        });
    }

    async load() {
        this.state.error = "";
        try {
            this.state.health = await this.orm.silent.call("crm.lead", "get_sales_health", [
                [this.props.record.resId],
            ]);
        } catch (error) {
            this.state.error = error.data?.message || _t("The parts could not be loaded.");
        }
    }

    partClass(part) {
        if (part.score === null) {
            return "bg-secondary";
        }
        return part.score >= 70 ? "bg-success" : part.score >= 40 ? "bg-warning" : "bg-danger";
    }

    /** One click from being mended: the cursor stands in what is missing. */
    focus(name, close) {
        close();
        const field = document.querySelector(`.o_form_view .o_field_widget[name="${name}"]`);
        field?.scrollIntoView({ block: "center" });
        field?.querySelector("input, textarea, button, [tabindex]")?.focus();
    }
}

export const salesProcessHealth = {
    component: SalesProcessHealth,
    fieldDependencies: [
        { name: "sales_health", type: "integer", readonly: true },
        { name: "sales_health_band", type: "selection", readonly: true },
    ],
};

registry.category("view_widgets").add("sales_process_health", salesProcessHealth);
