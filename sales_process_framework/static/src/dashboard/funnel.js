import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { DashboardCard } from "./dashboard_card";
import { formatPart, formatValue } from "./dashboard_format";

/** The stages of a process: how many deals left each in the period, how many of them went on, and how long it took. */
export class Funnel extends Component {
    static template = "sales_process_framework.DashboardFunnel";
    static components = { DashboardCard };
    static props = { process: Object, onOpen: Function };

    get stages() {
        return this.props.process.stages.filter((stage) => !stage.is_won);
    }

    get isEmpty() {
        return this.stages.every((stage) => !stage.conversion.denominator);
    }

    get widest() {
        return Math.max(...this.stages.map((stage) => stage.conversion.denominator), 1);
    }

    percent(count) {
        return `${((100 * count) / this.widest).toFixed(1)}%`;
    }

    share(stage) {
        return formatValue(stage.conversion.value, "percent");
    }

    time(stage) {
        return formatValue(stage.time.value, "days");
    }

    count(value) {
        return formatPart(value);
    }

    label(stage) {
        return _t(
            "%(stage)s: %(passed)s of %(ended)s went on (%(share)s), median time %(time)s. Show them",
            {
                stage: stage.name,
                passed: this.count(stage.conversion.numerator),
                ended: this.count(stage.conversion.denominator),
                share: this.share(stage),
                time: this.time(stage),
            }
        );
    }
}
