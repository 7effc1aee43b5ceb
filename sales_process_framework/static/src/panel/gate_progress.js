import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** How many of the required points are met, as a bar and in words. */
export class GateProgress extends Component {
    static template = "sales_process_framework.GateProgress";
    static props = { progress: Object };

    get text() {
        const { met, total } = this.props.progress;
        return total
            ? _t("%(met)s of %(total)s done", { met, total })
            : _t("Nothing is required here");
    }

    get isComplete() {
        const { met, total } = this.props.progress;
        return met >= total;
    }

    get percent() {
        return this.props.progress.total ? this.props.progress.percent : 100;
    }
}
