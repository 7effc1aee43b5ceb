import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardChart } from "./chart";
import { DashboardCard } from "./dashboard_card";
import { formatPart, formatValue, getBand } from "./dashboard_format";

/** The chosen indicator: its course with the bands, what it is made of, and what to do about it. */
export class IndicatorDetail extends Component {
    static template = "sales_process_framework.IndicatorDetail";
    static components = { DashboardCard, DashboardChart };
    static props = { indicator: Object, period: String, onOpen: Function };

    format(value) {
        const { unit, currency_id: currencyId } = this.props.indicator;
        return formatValue(value, unit, currencyId);
    }

    formatPart(value) {
        return formatPart(value);
    }

    getBand(key) {
        return getBand(key);
    }

    get band() {
        const { indicator } = this.props;
        return indicator.has_bands && indicator.has_data && getBand(indicator.band);
    }

    get limits() {
        const { direction, healthy, alert, has_bands: hasBands } = this.props.indicator;
        if (!hasBands) {
            return false;
        }
        const values = { healthy: this.format(healthy), alert: this.format(alert) };
        return direction === "lower"
            ? _t("Healthy up to %(healthy)s, alert above %(alert)s", values)
            : _t("Healthy from %(healthy)s, alert below %(alert)s", values);
    }

    get version() {
        const { code, series } = this.props.indicator;
        return JSON.stringify([code, series]);
    }

    get isEmpty() {
        return this.props.indicator.series.every(({ value }) => value === null);
    }

    get label() {
        return _t("Course of %s", this.props.indicator.name);
    }

    getConfig(color) {
        const { indicator } = this.props;
        const line = (label, value, key) => ({
            label,
            data: indicator.series.map(() => value),
            borderColor: color(key),
            borderDash: [6, 4],
            borderWidth: 1.5,
            pointRadius: 0,
            pointHitRadius: 0,
        });
        const datasets = [
            {
                label: indicator.name,
                data: indicator.series.map(({ value }) => value),
                borderColor: color("line"),
                backgroundColor: color("line-soft"),
                borderWidth: 2,
                fill: true,
                tension: 0.25,
                pointRadius: indicator.series.map((point) => (point.value === null ? 0 : 4)),
                pointBackgroundColor: indicator.series.map(({ band }) =>
                    color(band === "none" ? "line" : band)
                ),
                pointBorderColor: color("surface"),
            },
        ];
        if (indicator.has_bands) {
            datasets.push(line(_t("Healthy"), indicator.healthy, "healthy"));
            datasets.push(line(_t("Alert"), indicator.alert, "alert"));
        }
        const ticks = { color: color("text"), callback: (value) => this.format(value) };
        return {
            type: "line",
            data: { labels: indicator.series.map(({ label }) => label), datasets },
            options: {
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        display: indicator.has_bands,
                        align: "end",
                        labels: { color: color("text"), usePointStyle: true, pointStyle: "line" },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) => `${item.dataset.label}: ${this.format(item.raw)}`,
                        },
                    },
                },
                scales: {
                    x: {
                        grid: { display: false },
                        border: { color: color("grid") },
                        ticks: { color: color("text") },
                    },
                    y: {
                        beginAtZero: true,
                        grid: { color: color("grid") },
                        border: { display: false },
                        ticks: { ...ticks, maxTicksLimit: 6 },
                    },
                },
            },
        };
    }
}
