import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { getStageTime } from "./stage_time";

/** Time in the stage against its limit, for the deadline column of lists. */
export class SalesProcessStageTimeField extends Component {
    static template = "sales_process_framework.StageTimeField";
    static props = { ...standardFieldProps };

    get time() {
        const { data } = this.props.record;
        if (["won", "lost"].includes(data.won_status)) {
            return false;
        }
        return getStageTime(data.sales_stage_entered, data[this.props.name]);
    }
}

export const salesProcessStageTimeField = {
    component: SalesProcessStageTimeField,
    displayName: _t("Time in stage"),
    supportedTypes: ["datetime"],
    listViewWidth: [140, 180],
    fieldDependencies: [{ name: "sales_stage_entered", type: "datetime", readonly: true }],
};

registry.category("fields").add("sales_process_stage_time", salesProcessStageTimeField);
