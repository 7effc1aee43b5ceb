import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const ICONS = {
    added: "fa-plus",
    removed: "fa-minus",
    changed: "fa-pencil",
    moved: "fa-arrows-v",
    same: "fa-check",
};

/** Two versions side by side: what is new, gone, different or elsewhere, in colour and in words. */
export class SalesProcessVersionDiff extends Component {
    static template = "sales_process_framework.VersionDiff";
    static props = { ...standardActionServiceProps };
    static components = { Layout };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ diff: false, onlyChanges: true, choices: [] });
        const { params = {}, context = {} } = this.props.action;
        this.processId = params.process_id || context.active_id || false;
        this.otherId = params.other_id || false;
        onWillStart(() => this.load());
    }

    get labels() {
        return {
            added: _t("Added"),
            removed: _t("Removed"),
            changed: _t("Changed"),
            moved: _t("Moved"),
            same: _t("Unchanged"),
        };
    }

    /** Opened from the address bar: the newest version that has one before it. */
    async findVersion() {
        const [latest] = await this.orm.searchRead(
            "sales.process",
            [["predecessor_id", "!=", false]],
            ["id"],
            { limit: 1, order: "id desc" }
        );
        return latest ? latest.id : false;
    }

    async load() {
        this.processId = this.processId || (await this.findVersion());
        if (!this.processId) {
            return;
        }
        this.state.diff = await this.orm.call("sales.process", "get_version_diff", [
            [this.processId],
            this.otherId,
        ]);
    }

    onOther(ev) {
        this.otherId = Number(ev.target.value);
        return this.load();
    }

    get total() {
        return Object.values(this.state.diff.counts).reduce((sum, number) => sum + number, 0);
    }

    icon(row) {
        return ICONS[row.kind];
    }

    /** What is the same is left out on request, with its children that are. */
    shown(rows) {
        return this.state.onlyChanges ? rows.filter((row) => row.different) : rows;
    }

    /** Values of the version as a whole show as a row of their own. */
    get settings() {
        const { root } = this.state.diff;
        return root.fields.length ? [{ ...root, old: _t("Settings"), new: _t("Settings") }] : [];
    }

    /** Said besides the kind of the row: what a colour alone would not tell. */
    remark(row) {
        if (row.origin) {
            return _t("was in %s", row.origin);
        }
        return row.kind === "changed" && row.moved ? _t("moved as well") : "";
    }

    gate(row, side) {
        const gate = side === "old" ? row.gate_old : row.gate_new;
        return row.level === "requirement" ? gate : "";
    }

    /** The words of one side; ``removed`` ones are read on the left, ``added`` ones on the right. */
    parts(field, side) {
        const hidden = side === "old" ? "added" : "removed";
        return field.parts.filter(([kind, text]) => kind !== hidden && text);
    }

    /** The improvement, review or pilot that a change comes from. */
    openSource({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openVersion(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sales.process",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("sales_process_version_diff", SalesProcessVersionDiff);
