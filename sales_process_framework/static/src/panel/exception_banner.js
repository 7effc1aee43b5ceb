import { Component } from "@odoo/owl";

import { ApprovalButtons } from "../item/approval_buttons";

/** An exception that was asked for, with the decision for whoever may take it. */
export class ExceptionBanner extends Component {
    static template = "sales_process_framework.ExceptionBanner";
    static components = { ApprovalButtons };
    static props = {
        exception: Object,
        busy: { type: Boolean, optional: true },
        onDecide: { type: Function, optional: true },
    };

    get className() {
        switch (this.props.exception.state) {
            case "approved":
                return "alert-success";
            case "rejected":
                return "alert-danger";
        }
        return "alert-info";
    }
}
