import { Component, useState } from "@odoo/owl";

/** A card with a picture, and the same as a table behind a button. */
export class DashboardCard extends Component {
    static template = "sales_process_framework.DashboardCard";
    static props = {
        title: String,
        subtitle: { type: String, optional: true },
        className: { type: String, optional: true },
        // Nothing to show yet, so nothing to tabulate.
        isEmpty: { type: Boolean, optional: true },
        slots: Object,
    };

    setup() {
        this.state = useState({ asTable: false });
    }

    toggle() {
        this.state.asTable = !this.state.asTable;
    }
}
