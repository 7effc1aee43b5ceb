import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";

import { FieldInputs } from "../item/field_inputs";

/** Fills in what is missing from a lead, without leaving the page. */
export class MendDialog extends Component {
    static template = "sales_process_framework.MendDialog";
    static components = { Dialog, FieldInputs };
    static props = {
        lead: Object,
        fields: Array,
        onSaved: Function,
        onOpen: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ values: {}, busy: false });
    }

    get isEmpty() {
        return Object.values(this.state.values).every((value) => value === undefined);
    }

    change(name, value) {
        this.state.values[name] = value;
    }

    async save() {
        this.state.busy = true;
        try {
            await this.orm.write("crm.lead", [this.props.lead.id], { ...this.state.values });
        } finally {
            this.state.busy = false;
        }
        this.props.close();
        this.props.onSaved();
    }

    open() {
        this.props.close();
        this.props.onOpen();
    }
}
