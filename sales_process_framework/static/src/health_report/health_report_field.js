import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A report as the server wrote it; what it tells leads to the records behind it, with the way back. */
export class HealthReportField extends Component {
    static template = "sales_process_framework.HealthReportField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get html() {
        return this.props.record.data[this.props.name];
    }

    /** With another button or a modifier it is a link like any other, to a page of its own. */
    async onClick(ev) {
        const link = ev.target.closest("[data-sales-model]");
        if (!link || ev.ctrlKey || ev.metaKey || ev.shiftKey) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const { salesModel, salesId, salesDomain } = link.dataset;
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: link.title || link.textContent.trim(),
            res_model: salesModel,
            ...(salesId ? { res_id: Number(salesId) } : { domain: JSON.parse(salesDomain) }),
            views: salesId
                ? [[false, "form"]]
                : [
                      [false, "list"],
                      [false, "form"],
                  ],
        });
    }
}

registry.category("fields").add("sales_process_health_report", {
    component: HealthReportField,
    supportedTypes: ["html"],
});
