import { Component } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Days back from today that are offered. */
const SPANS = [30, 90, 182, 365, 1095];

/** Version of the process, team and days that an analysis is about. */
export class AnalysisFilters extends Component {
    static template = "sales_process_framework.AnalysisFilters";
    static props = {
        filters: Object,
        choices: Object,
        onChange: Function,
        slots: { type: Object, optional: true },
    };

    get spans() {
        return [
            { days: 30, name: _t("Last 30 days") },
            { days: 90, name: _t("Last 90 days") },
            { days: 182, name: _t("Last half-year") },
            { days: 365, name: _t("Last year") },
            { days: 1095, name: _t("Last three years") },
        ];
    }

    get span() {
        const { date_from, date_to } = this.props.filters;
        const today = serializeDate(DateTime.now());
        const days = DateTime.fromISO(date_to).diff(DateTime.fromISO(date_from), "days").days + 1;
        return date_to >= today && SPANS.includes(days) ? days : 0;
    }

    change(values) {
        this.props.onChange({ ...this.props.filters, ...values });
    }

    onSpan(ev) {
        const days = Number(ev.target.value);
        if (days) {
            const today = DateTime.now();
            this.change({
                date_from: serializeDate(today.minus({ days: days - 1 })),
                date_to: serializeDate(today),
            });
        }
    }

    onDay(name, ev) {
        if (ev.target.value) {
            this.change({ [name]: ev.target.value });
        }
    }

    onNumber(name, ev) {
        this.change({ [name]: Number(ev.target.value) || false });
    }

    onCompany(ev) {
        // Processes and teams are those of a company.
        this.change({ company_id: Number(ev.target.value), process_id: false, team_id: false });
    }
}
