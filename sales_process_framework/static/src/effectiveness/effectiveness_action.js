import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";

import { AnalysisAction } from "../analysis/analysis_action";
import { AnalysisFilters } from "../analysis/analysis_filters";

const MODEL = "sales.process.effectiveness";
/** Half the width of the plot of differences, in percent points, at least. */
const REACH = 20;

/** What each requirement brings and costs, gate by gate. */
export class SalesProcessEffectiveness extends AnalysisAction {
    static template = "sales_process_framework.Effectiveness";
    static components = { AnalysisFilters, Layout };

    getView() {
        return { flag: "" };
    }

    read(filters) {
        return this.orm.silent.call(MODEL, "get_effectiveness", [filters]);
    }

    get flags() {
        return [
            {
                key: "only_costs",
                name: _t("Only cost time"),
                text: _t("Deals are refused or wait, with no sign of a better win rate."),
                colour: "danger",
                icon: "fa-hourglass-half",
            },
            {
                key: "overridden",
                name: _t("Mostly let pass"),
                text: _t("Half of the deals they stop go on without them."),
                colour: "warning",
                icon: "fa-key",
            },
            {
                key: "stops_nobody",
                name: _t("Stop nobody"),
                text: _t("No deal was ever refused because of them."),
                colour: "secondary",
                icon: "fa-road",
            },
            {
                key: "helps",
                name: _t("Go with more wins"),
                text: _t("Deals that met them were won more often."),
                colour: "success",
                icon: "fa-trophy",
            },
        ].map((flag) => ({ ...flag, ids: this.state.page.named[flag.key] }));
    }

    get names() {
        return Object.fromEntries(
            this.flags.map(({ key, name, colour }) => [key, { name, colour }])
        );
    }

    named(flag) {
        const names = this.state.page.rows
            .filter(({ id }) => flag.ids.includes(id))
            .map(({ name }) => name);
        return names.slice(0, 4).join(", ") + (names.length > 4 ? " …" : "");
    }

    pick(flag) {
        this.state.flag = this.state.flag === flag.key ? "" : flag.key;
    }

    /** Rows by stage, in the order in which deals come to them. */
    get stages() {
        const { flag, page } = this.state;
        const stages = [];
        for (const row of page.rows) {
            if (flag && !row.flags.includes(flag)) {
                continue;
            }
            if (stages.at(-1)?.id !== row.stage_id) {
                stages.push({ id: row.stage_id, name: row.stage, rows: [] });
            }
            stages.at(-1).rows.push(row);
        }
        return stages;
    }

    /** What became of the deals that were asked, as parts of a bar. */
    parts(row) {
        return [
            { key: "met", name: _t("met"), colour: "success" },
            { key: "na", name: _t("not applicable"), colour: "info" },
            { key: "overridden", name: _t("let pass"), colour: "warning" },
            { key: "unmet", name: _t("passed without it"), colour: "secondary" },
            { key: "held", name: _t("held back"), colour: "danger" },
        ]
            .filter(({ key }) => row[key] > 0 && (row.known || key !== "met"))
            .map((part) => ({
                ...part,
                count: row[part.key],
                width: (100 * row[part.key]) / row.asked,
            }));
    }

    outcome(row) {
        const words = this.parts(row).map(({ count, name }) => `${this.count(count)} ${name}`);
        return [...(row.known ? [] : [_t("nobody can tell who met it")]), ...words].join(" · ");
    }

    gate(row) {
        return row.gate === "entry" ? _t("to enter") : _t("to leave");
    }

    get reach() {
        const values = this.state.page.rows.flatMap(({ low, high }) => [low, high].map(Math.abs));
        return Math.max(REACH, ...values.map((value) => Math.min(value || 0, 100)));
    }

    place(value) {
        return 50 + (50 * Math.max(Math.min(value, this.reach), -this.reach)) / this.reach;
    }

    points(value) {
        const number = formatFloat(value, { digits: [16, 0] });
        return value > 0 ? `+${number}` : number;
    }

    difference(row) {
        return _t("%(difference)s points, between %(low)s and %(high)s (95 %)", {
            difference: this.points(row.difference),
            low: this.points(row.low),
            high: this.points(row.high),
        });
    }

    async open(row, part) {
        this.action.doAction(
            await this.orm.call(MODEL, "get_records_action", [this.filters, row.id, part])
        );
    }

    openRequirement(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sales.process.requirement",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    export() {
        const filters = encodeURIComponent(JSON.stringify(this.filters));
        this.action.doAction({
            type: "ir.actions.act_url",
            url: `/sales_process/effectiveness.xlsx?filters=${filters}`,
            target: "self",
        });
    }
}

registry.category("actions").add("sales_process_effectiveness", SalesProcessEffectiveness);
