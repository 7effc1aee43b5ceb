import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";

/** Why a path or a deviation counts as following the process, and for which deals. */
export class AllowDialog extends Component {
    static template = "sales_process_framework.AllowDialog";
    static components = { Dialog, RecordSelector };
    static props = {
        title: String,
        values: Object,
        teams: Array,
        onAllowed: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ reason: "", tag: false, team: false, saving: false });
    }

    get ready() {
        return Boolean(this.state.reason.trim()) && !this.state.saving;
    }

    onTeam(ev) {
        this.state.team = Number(ev.target.value) || false;
    }

    async save() {
        this.state.saving = true;
        try {
            await this.orm.create("sales.process.variant.allowed", [
                {
                    ...this.props.values,
                    reason: this.state.reason.trim(),
                    tag_id: this.state.tag,
                    team_id: this.state.team,
                },
            ]);
        } finally {
            this.state.saving = false;
        }
        this.props.close();
        this.props.onAllowed();
    }
}
