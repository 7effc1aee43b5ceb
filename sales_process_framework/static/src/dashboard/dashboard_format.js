import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

const { DateTime } = luxon;

/** Digits after the point, by unit. */
const DIGITS = { percent: 1, days: 1, hours: 1, minutes: 0, count: 0, score: 1, number: 2 };

/**
 * An indicator's number as people read it: 37.5 %, $ 1.2M, 12 days. No data is a dash, never 0.
 *
 * @param {number|null} value
 * @param {string} unit
 * @param {number|false} [currencyId]
 */
export function formatValue(value, unit, currencyId = false) {
    if (value === null || value === undefined) {
        return "–";
    }
    if (unit === "money") {
        const large = Math.abs(value) >= 10000;
        return formatCurrency(value, currencyId, {
            humanReadable: large,
            digits: [16, large ? 1 : 0],
        });
    }
    const number = formatFloat(value, { digits: [16, DIGITS[unit] ?? 1], trailingZeros: false });
    switch (unit) {
        case "percent":
            return `${number} %`;
        case "days":
            return _t("%s days", number);
        case "hours":
            return _t("%s h", number);
        case "minutes":
            return _t("%s min", number);
        default:
            return number;
    }
}

/** A number of records or an amount behind a value. */
export function formatPart(value) {
    return formatFloat(value, {
        digits: [16, Number.isInteger(value) ? 0 : 1],
        trailingZeros: false,
        humanReadable: Math.abs(value) >= 100000,
        decimals: 1,
    });
}

/** Colour, icon and word of a band; never the colour alone. */
export function getBand(key) {
    return (
        {
            healthy: { key, name: _t("Healthy"), icon: "fa-check-circle" },
            watch: { key, name: _t("Watch"), icon: "fa-eye" },
            alert: { key, name: _t("Alert"), icon: "fa-exclamation-triangle" },
        }[key] || { key: "none", name: _t("No band"), icon: "fa-circle-o" }
    );
}

export function getDimensions() {
    return [
        { key: "growth", name: _t("Growth") },
        { key: "efficiency", name: _t("Efficiency") },
        { key: "quality", name: _t("Quality") },
        { key: "execution", name: _t("Execution") },
        { key: "customer", name: _t("Customer") },
    ];
}

/** How a value compares with the one before: an arrow, how much, and whether that is good. */
export function getTrend(indicator) {
    const { change, trend, previous } = indicator;
    if (trend === "none" || change === null) {
        return false;
    }
    const before = formatValue(previous, indicator.unit, indicator.currency_id);
    const amount = formatValue(Math.abs(change), indicator.unit, indicator.currency_id);
    return {
        trend,
        icon: { same: "fa-arrows-h" }[trend] || (change > 0 ? "fa-arrow-up" : "fa-arrow-down"),
        text: trend === "same" ? _t("as before") : amount,
        label:
            {
                better: _t("Better than before, by %(amount)s (%(before)s before)", {
                    amount,
                    before,
                }),
                worse: _t("Worse than before, by %(amount)s (%(before)s before)", {
                    amount,
                    before,
                }),
            }[trend] || _t("As before (%s)", before),
    };
}

/** "November 2026", "Q3 2026", "Week 9, 2026": a period for people. */
export function formatPeriod({ from, cycle, label }) {
    const start = deserializeDate(from);
    switch (cycle) {
        case "week":
            return _t("Week %(week)s, %(year)s", { week: start.weekNumber, year: start.weekYear });
        case "month":
            return start.toLocaleString({ year: "numeric", month: "long" });
        case "quarter":
            return _t("Q%(quarter)s %(year)s", { quarter: start.quarter, year: start.year });
        case "half_year":
            return _t("H%(half)s %(year)s", { half: start.month < 7 ? 1 : 2, year: start.year });
        default:
            return label;
    }
}

/** "5 minutes ago" */
export function formatSince(moment) {
    return moment ? DateTime.fromSQL(moment, { zone: "utc" }).toRelative() : "";
}

export function getCycles() {
    return [
        { key: "week", name: _t("Week") },
        { key: "month", name: _t("Month") },
        { key: "quarter", name: _t("Quarter") },
        { key: "half_year", name: _t("Half-year") },
        { key: "year", name: _t("Year") },
    ];
}

export function getSlices() {
    return [
        { key: "team_id", name: _t("Team"), model: "crm.team" },
        { key: "user_id", name: _t("Person"), model: "res.users" },
        { key: "process_id", name: _t("Process version"), model: "sales.process" },
        { key: "source_id", name: _t("Source"), model: "utm.source" },
        { key: "country_id", name: _t("Country"), model: "res.country" },
        { key: "tag_id", name: _t("Tag"), model: "crm.tag" },
    ];
}
