import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** What to look at first, each with the way to it. */
export class Headlines extends Component {
    static template = "sales_process_framework.DashboardHeadlines";
    static props = {
        data: Object,
        process: { type: [Object, Boolean], optional: true },
        onOpenDeals: Function,
        onOpenAlerts: Function,
        onOpenService: Function,
        onBand: Function,
    };

    get worst() {
        const { process } = this.props;
        return process && process.stages.find(({ id }) => id === process.worst);
    }

    get worstText() {
        const { worst } = this;
        return worst.overdue
            ? _t("%(overdue)s of %(deals)s deals are over the time limit", {
                  overdue: worst.overdue,
                  deals: worst.deals,
              })
            : _t("%s deals, most of them there for more than a month", worst.deals);
    }

    get alerts() {
        return this.props.data.alerts;
    }

    get criticalText() {
        return _t("%s critical", this.alerts.counts.critical);
    }

    get late() {
        return this.props.data.service.late;
    }

    get abnormal() {
        return this.props.data.indicators.filter(
            (row) => row.has_bands && row.has_data && row.band === "alert"
        ).length;
    }
}
