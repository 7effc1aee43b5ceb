import { Component, useState } from "@odoo/owl";

/** Approve, or reject with a reason. */
export class ApprovalButtons extends Component {
    static template = "sales_process_framework.ApprovalButtons";
    static props = {
        name: String,
        disabled: { type: Boolean, optional: true },
        onDecide: Function,
    };

    setup() {
        this.state = useState({ rejecting: false, note: "" });
    }

    approve() {
        this.props.onDecide(true, false);
    }

    reject() {
        this.props.onDecide(false, this.state.note.trim());
        this.state.rejecting = false;
        this.state.note = "";
    }
}
