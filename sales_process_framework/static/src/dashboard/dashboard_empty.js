import { Component } from "@odoo/owl";

/** What to do before there is anything to see. */
export class DashboardEmpty extends Component {
    static template = "sales_process_framework.DashboardEmpty";
    static props = {
        reason: String,
        isManager: Boolean,
        onProcesses: Function,
        onCompute: Function,
    };
}
