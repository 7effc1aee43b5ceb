import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardCard } from "./dashboard_card";
import { formatPart, formatValue, getBand, getDimensions } from "./dashboard_format";
import { IndicatorTile } from "./indicator_tile";

/** All indicators, by dimension; a band can be picked out. */
export class IndicatorBoard extends Component {
    static template = "sales_process_framework.DashboardBoard";
    static components = { DashboardCard, IndicatorTile };
    static props = {
        indicators: Array,
        selected: [String, Boolean],
        band: String,
        onBand: Function,
        onSelect: Function,
        onOpen: Function,
    };

    get computed() {
        return this.props.indicators.filter(({ note }) => !note);
    }

    get missing() {
        return this.props.indicators.filter(({ note }) => note);
    }

    get missingText() {
        return _t("%s more could be computed", this.missing.length);
    }

    isInBand(indicator, band) {
        return indicator.has_bands && indicator.has_data && indicator.band === band;
    }

    get bands() {
        return ["alert", "watch", "healthy"].map((key) => ({
            ...getBand(key),
            count: this.computed.filter((row) => this.isInBand(row, key)).length,
        }));
    }

    get shown() {
        const { band } = this.props;
        return band ? this.computed.filter((row) => this.isInBand(row, band)) : this.computed;
    }

    get groups() {
        return getDimensions()
            .map((group) => ({
                ...group,
                indicators: this.shown.filter(({ dimension }) => dimension === group.key),
            }))
            .filter(({ indicators }) => indicators.length);
    }

    format(indicator, value) {
        return formatValue(value, indicator.unit, indicator.currency_id);
    }

    formatPart(value) {
        return formatPart(value);
    }

    bandName(indicator) {
        return indicator.has_bands && indicator.has_data ? getBand(indicator.band).name : "";
    }
}
