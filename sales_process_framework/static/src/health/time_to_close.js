import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { DashboardChart } from "../dashboard/chart";

const COLORS = [
    "#714B67",
    "#017E84",
    "#E46E78",
    "#21B799",
    "#5B899E",
    "#E4A900",
    "#5B8A72",
    "#6C757D",
];

/** How long opportunities take until they are won or lost: survival curves, and the same as a table. */
export class TimeToClose extends Component {
    static template = "sales_process_framework.TimeToClose";
    static components = { Layout, DashboardChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.groups = [
            ["none", _t("Together")],
            ["process", _t("By process version")],
            ["team", _t("By sales team")],
            ["user", _t("By salesperson")],
            ["source", _t("By source")],
        ];
        this.spans = [6, 12, 18, 36];
        this.state = useState({ group: "none", months: 18, rows: [], minimum: 0, version: 0 });
        onWillStart(() => this.load());
    }

    get display() {
        return { controlPanel: {} };
    }

    get shown() {
        return this.state.rows.filter((row) => row.enough);
    }

    async load() {
        const { groups, minimum } = await this.orm.call(
            "sales.process.time.to.close",
            "get_time_to_close",
            [this.state.group, this.state.months]
        );
        Object.assign(this.state, { rows: groups, minimum, version: this.state.version + 1 });
    }

    choose(name, value) {
        this.state[name] = value;
        return this.load();
    }

    days(value) {
        return value === null ? "–" : formatFloat(value, { digits: [16, 0] });
    }

    interval(row) {
        if (row.low === null) {
            return "–";
        }
        return row.high === null
            ? _t("from %s", this.days(row.low))
            : _t("%(low)s to %(high)s", { low: this.days(row.low), high: this.days(row.high) });
    }

    get config() {
        const rows = this.shown;
        return (color) => ({
            type: "line",
            data: {
                datasets: rows.map((row, index) => ({
                    label: row.name,
                    data: [{ x: 0, y: 100 }].concat(
                        row.curve.map(([x, share]) => ({ x, y: 100 * share }))
                    ),
                    stepped: true,
                    pointRadius: 0,
                    borderWidth: 2,
                    borderColor: COLORS[index % COLORS.length],
                    backgroundColor: COLORS[index % COLORS.length],
                })),
            },
            options: {
                parsing: false,
                interaction: { mode: "nearest", intersect: false },
                scales: {
                    x: {
                        type: "linear",
                        min: 0,
                        title: { display: true, text: _t("Days since creation") },
                        grid: { color: color("grid") },
                    },
                    y: {
                        min: 0,
                        max: 100,
                        title: { display: true, text: _t("Still open (%)") },
                        grid: { color: color("grid") },
                    },
                },
            },
        });
    }
}

registry.category("actions").add("sales_process_time_to_close", TimeToClose);
