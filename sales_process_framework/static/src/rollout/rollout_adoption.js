import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** How far the version has arrived with the teams of one phase. */
export class RolloutAdoption extends Component {
    static template = "sales_process_framework.RolloutAdoption";
    static props = { name: String, adoption: Object };

    setup() {
        this.state = useState({ byTeam: false });
    }

    /** The whole phase, or each of its teams. */
    get columns() {
        const { total, teams } = this.props.adoption;
        return this.state.byTeam
            ? teams.map((team) => ({ name: team.name, rows: team.rows }))
            : [{ name: _t("All Teams"), rows: total }];
    }

    width(row) {
        return row.kind === "share" && row.value !== null ? Math.min(100, row.value) : 0;
    }

    mark(row) {
        return row.before === null ? null : Math.min(100, row.before);
    }

    trendClass(row) {
        return { better: "text-success", worse: "text-danger" }[row.trend] || "text-muted";
    }

    trendIcon(row) {
        return row.value > row.before ? "fa-arrow-up" : "fa-arrow-down";
    }
}
