import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardCard } from "./dashboard_card";

const STEPS = 5;

/** Where deals stand now and stall: stages by how long the deals have been there, or by team. */
export class HeatMap extends Component {
    static template = "sales_process_framework.DashboardHeatMap";
    static components = { DashboardCard };
    static props = {
        process: Object,
        teams: Array,
        by: String,
        onBy: Function,
        onOpenDeals: Function,
    };

    /** One team alone is no comparison. */
    get by() {
        return this.props.teams.length > 1 ? this.props.by : "age";
    }

    get modes() {
        return this.props.teams.length < 2
            ? []
            : [
                  { key: "age", name: _t("By age") },
                  { key: "team", name: _t("By team") },
              ];
    }

    get columns() {
        if (this.by === "team") {
            return this.props.teams.map(({ id, name }) => ({
                key: String(id || 0),
                name,
                part: { team_id: id },
            }));
        }
        return [
            { key: "week", name: _t("≤ 7 days") },
            { key: "fortnight", name: _t("8–14") },
            { key: "month", name: _t("15–30") },
            { key: "two_months", name: _t("31–60") },
            { key: "older", name: _t("> 60 days") },
        ].map((column) => ({ ...column, part: { age: column.key } }));
    }

    get stages() {
        return this.props.process.stages.filter((stage) => !stage.is_won);
    }

    get subtitle() {
        return this.by === "team"
            ? _t("Deals over the time limit, of all that are in the stage now")
            : _t("Open deals in the stage now, by how long they have been there");
    }

    get isEmpty() {
        return this.stages.every((stage) => !stage.deals);
    }

    cell(stage, column) {
        const cells = this.by === "team" ? stage.teams : stage.ages;
        return cells[column.key] || { deals: 0, overdue: 0 };
    }

    /** How hot a cell is: by its share of deals over the limit, or by how many old deals are there. */
    heat(stage, column) {
        const cell = this.cell(stage, column);
        if (!cell.deals) {
            return 0;
        }
        if (this.by === "team") {
            return 1 + Math.round(((STEPS - 1) * cell.overdue) / cell.deals);
        }
        const age = this.columns.findIndex(({ key }) => key === column.key);
        const most = Math.max(...this.stages.map((other) => this.cell(other, column).deals));
        return Math.max(1, Math.round(((age + 1) / STEPS) * (cell.deals / most) * STEPS));
    }

    /** What its colour says is in the cell, too: of a team, how many of its deals are over the limit. */
    text(stage, column) {
        const { deals, overdue } = this.cell(stage, column);
        if (!deals) {
            return "·";
        }
        return this.by === "team" ? `${overdue} / ${deals}` : String(deals);
    }

    label(stage, column) {
        const cell = this.cell(stage, column);
        return _t("%(stage)s, %(column)s: %(deals)s deals, %(overdue)s over the time limit", {
            stage: stage.name,
            column: column.name,
            deals: cell.deals,
            overdue: cell.overdue,
        });
    }

    isWorst(stage) {
        return stage.id === this.props.process.worst;
    }
}
