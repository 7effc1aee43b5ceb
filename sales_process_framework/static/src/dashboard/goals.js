import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardChart } from "./chart";
import { DashboardCard } from "./dashboard_card";
import { formatValue } from "./dashboard_format";

/** Goals of the period: what is reached, what should be by now, and where it is heading. */
export class Goals extends Component {
    static template = "sales_process_framework.DashboardGoals";
    static components = { DashboardCard, DashboardChart };
    static props = { goals: Object, isManager: Boolean, onOpen: Function };

    format(goal, value) {
        return formatValue(value, goal.unit, goal.currency_id);
    }

    share(goal, value) {
        return goal.value && value !== null ? (100 * value) / goal.value : null;
    }

    percent(goal, value) {
        return formatValue(this.share(goal, value), "percent");
    }

    /** Reached what should be by now? */
    state(goal) {
        return {
            ahead: { key: "healthy", icon: "fa-check-circle", name: _t("On pace") },
            behind: { key: "alert", icon: "fa-exclamation-triangle", name: _t("Behind") },
            none: { key: "none", icon: "fa-circle-o", name: _t("No data") },
        }[goal.pace_state];
    }

    forecast(goal) {
        if (goal.forecast === null) {
            return "–";
        }
        return _t("%(forecast)s (%(low)s to %(high)s)", {
            forecast: this.format(goal, goal.forecast),
            low: this.format(goal, goal.forecast_low),
            high: this.format(goal, goal.forecast_high),
        });
    }

    get version() {
        return JSON.stringify(this.props.goals.items);
    }

    get height() {
        return 56 + 48 * this.props.goals.items.length;
    }

    get label() {
        return _t("Goals against pace, in percent of each goal");
    }

    getConfig(color) {
        const { items } = this.props.goals;
        const bar = (label, key, tone, thickness) => ({
            label,
            data: items.map((goal) => this.share(goal, goal[key])),
            backgroundColor: color(tone),
            barThickness: thickness,
            borderRadius: 3,
            grouped: false,
        });
        return {
            type: "bar",
            data: {
                labels: items.map((goal) => [goal.kpi, goal.period]),
                datasets: [
                    bar(_t("To date"), "actual", "line", 10),
                    bar(_t("Pace"), "pace", "pace", 22),
                ],
            },
            options: {
                indexAxis: "y",
                plugins: {
                    legend: { align: "end", labels: { color: color("text"), boxWidth: 12 } },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${formatValue(item.raw, "percent")}`,
                        },
                    },
                },
                scales: {
                    x: {
                        beginAtZero: true,
                        suggestedMax: 100,
                        grid: { color: color("grid") },
                        border: { display: false },
                        ticks: { color: color("text"), callback: (value) => `${value} %` },
                    },
                    y: {
                        grid: { display: false },
                        border: { color: color("grid") },
                        ticks: { color: color("text") },
                    },
                },
            },
        };
    }
}
