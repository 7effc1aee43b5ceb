import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatPart, formatValue, getBand, getTrend } from "./dashboard_format";
import { Sparkline } from "./sparkline";

/** One indicator: its value, band, trend, and the way to the records behind it. */
export class IndicatorTile extends Component {
    static template = "sales_process_framework.IndicatorTile";
    static components = { Sparkline };
    static props = {
        indicator: Object,
        selected: Boolean,
        onSelect: Function,
        onOpen: Function,
    };

    get value() {
        const { value, unit, currency_id: currencyId } = this.props.indicator;
        return formatValue(value, unit, currencyId);
    }

    get band() {
        const { indicator } = this.props;
        return indicator.has_bands && indicator.has_data && getBand(indicator.band);
    }

    get trend() {
        return getTrend(this.props.indicator);
    }

    /** Cohort, flow or snapshot, in one word; the tooltip has the rest. */
    get basis() {
        return {
            cohort: _t("Cohort"),
            flow: _t("Flow"),
            snapshot: _t("Snapshot"),
        }[this.props.indicator.basis];
    }

    get tooltip() {
        const { formula_text: formula, basis_label: basis, name } = this.props.indicator;
        return [name, formula, basis].filter(Boolean).join(" · ");
    }

    get isRatio() {
        const { unit, denominator } = this.props.indicator;
        return unit === "percent" && denominator > 0;
    }

    /** The part whose records the sample counts. */
    get part() {
        const { aggregation } = this.props.indicator;
        return ["sum", "count"].includes(aggregation) ? "numerator" : "denominator";
    }

    get recordsLabel() {
        const { indicator } = this.props;
        if (this.isRatio) {
            return _t("%(part)s of %(whole)s", {
                part: formatPart(indicator.numerator),
                whole: formatPart(indicator.denominator),
            });
        }
        return indicator.sample === 1 ? _t("1 record") : _t("%s records", indicator.sample);
    }
}
