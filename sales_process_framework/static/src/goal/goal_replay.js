import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The past beside a goal: bars of the last periods, and what the goal asks for in words. */
export class GoalReplay extends Component {
    static template = "sales_process_framework.GoalReplay";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ replay: null });
        useRecordObserver(async (record) => {
            this.state.replay = record.resId
                ? await this.orm.silent.call("sales.process.target", "get_replay", [[record.resId]])
                : null;
        });
    }

    get bars() {
        const { points, goal } = this.state.replay;
        const highest = Math.max(goal, ...points.map((point) => point.value || 0)) || 1;
        return [
            ...points.map((point) => ({
                label: point.period,
                text: point.value === null ? _t("no data") : this.format(point.value),
                height: (100 * (point.value || 0)) / highest,
                class: "bg-info",
            })),
            {
                label: _t("Goal"),
                text: this.format(goal),
                height: (100 * goal) / highest,
                class: "bg-primary",
            },
        ];
    }

    get sentences() {
        const { year_before, growth, season } = this.state.replay;
        const sentences = [];
        if (year_before !== null) {
            sentences.push(_t("A year before: %s.", this.format(year_before)));
        }
        if (growth !== null) {
            sentences.push(
                growth >= 0
                    ? _t("The goal asks for %s% more.", Math.round(growth))
                    : _t("The goal asks for %s% less.", Math.round(-growth))
            );
        }
        if (season !== null) {
            sentences.push(_t("The period made up %s% of that year.", Math.round(season)));
        }
        return sentences;
    }

    format(value) {
        return formatFloat(value, { humanReadable: Math.abs(value) >= 10000, decimals: 1 });
    }
}

registry.category("view_widgets").add("sales_process_goal_replay", { component: GoalReplay });
