import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

import { formatServerDateTime } from "../item/item_labels";

/** How long the lead has been in its stage, against the limit. */
export class StageClock extends Component {
    static template = "sales_process_framework.StageClock";
    static props = {
        stage: Object,
        note: { type: [String, { value: false }], optional: true },
    };

    days(value) {
        return formatFloat(value, { digits: [16, 1], trailingZeros: false });
    }

    get text() {
        const { days_in_stage: days, entered, limit_days: limit } = this.props.stage;
        if (!entered) {
            return _t("Limit %(limit)s working days", { limit: this.days(limit) });
        }
        if (limit) {
            return _t("%(days)s days here, limit %(limit)s working days", {
                days: this.days(days || 0),
                limit: this.days(limit),
            });
        }
        return _t("%(days)s days here", { days: this.days(days || 0) });
    }

    get title() {
        const { entered, deadline, visits, total_days: total } = this.props.stage;
        const lines = [];
        if (entered) {
            lines.push(_t("In this stage since %(date)s", { date: formatServerDateTime(entered) }));
        }
        if (deadline) {
            lines.push(_t("Limit: %(date)s", { date: formatServerDateTime(deadline) }));
        }
        if (visits > 1) {
            lines.push(
                _t("%(visits)s visits, %(days)s days in total", {
                    visits,
                    days: this.days(total || 0),
                })
            );
        }
        if (this.props.note) {
            lines.push(this.props.note);
        }
        return lines.join("\n");
    }
}
