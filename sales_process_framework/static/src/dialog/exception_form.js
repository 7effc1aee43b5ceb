import { Component } from "@odoo/owl";
import { useAutofocus } from "@web/core/utils/hooks";

/** The reason for letting a move pass although something is missing. */
export class ExceptionForm extends Component {
    static template = "sales_process_framework.ExceptionForm";
    static props = {
        reason: String,
        /** Whether this user may let it pass himself. */
        letPass: Boolean,
        busy: { type: Boolean, optional: true },
        onReason: Function,
        onSubmit: Function,
        onCancel: Function,
    };

    setup() {
        useAutofocus({ refName: "reason" });
    }
}
