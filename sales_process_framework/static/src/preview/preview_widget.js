import { Component, onWillDestroy, toRaw, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { SalesProcessPanel } from "../panel/panel";

/** What a rep will see in this stage, while an admin builds it. */
export class SalesProcessPreviewWidget extends Component {
    static template = "sales_process_framework.PreviewWidget";
    static components = { SalesProcessPanel };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.loadId = 0;
        this.state = useState({ panel: false, isNew: false, isDirty: false });
        useRecordObserver((record) => {
            this.state.isDirty = record.dirty;
            this.observe(record.resId, record.data);
        });
        onWillDestroy(() => this.loadId++);
    }

    observe(stageId, data) {
        this.state.isNew = !stageId;
        // The observer also runs when the form becomes dirty; only new data of the server counts.
        if (stageId && toRaw(data) !== this.lastData) {
            this.lastData = toRaw(data);
            this.load(stageId);
        }
    }

    async load(stageId) {
        const loadId = ++this.loadId;
        const panel = await this.orm.silent.call("sales.process.stage", "get_preview", [[stageId]]);
        if (loadId === this.loadId) {
            this.state.panel = panel;
        }
    }
}

export const salesProcessPreviewWidget = {
    component: SalesProcessPreviewWidget,
    additionalClasses: ["o_sales_process_widget", "w-100"],
};

registry.category("view_widgets").add("sales_process_preview", salesProcessPreviewWidget);
