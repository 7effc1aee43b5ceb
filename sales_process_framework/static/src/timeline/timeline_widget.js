import { Component, onWillDestroy, status, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { JourneyTimeline } from "./timeline";

/** The customer journey of a lead. It stands on a tab of its own, and loads when that is opened. */
export class JourneyTimelineWidget extends Component {
    static template = "sales_process_framework.JourneyTimelineWidget";
    static components = { JourneyTimeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.loadId = 0;
        this.state = useState({
            /** undefined while it loads, false when the lead follows no journey. */
            timeline: undefined,
            leadId: false,
            busy: false,
            error: "",
        });
        this.record = this.record.bind(this);
        this.remove = this.remove.bind(this);
        useRecordObserver((record) => {
            // `data` is a new object each time the record comes back from the server.
            this.observe(record.resId, record.data);
        });
        onWillDestroy(() => this.loadId++);
    }

    observe(leadId) {
        if (leadId !== this.state.leadId) {
            Object.assign(this.state, { leadId, timeline: undefined, error: "" });
        }
        if (leadId) {
            this.load(leadId);
        }
    }

    async load(leadId) {
        const loadId = ++this.loadId;
        const timeline = await this.orm.silent.call("crm.lead", "get_sales_journey_timeline", [
            [leadId],
        ]);
        if (loadId === this.loadId) {
            this.state.timeline = timeline;
        }
    }

    /** Calls a method that returns the new timeline. */
    async send(method, id) {
        const { leadId } = this.state;
        this.state.error = "";
        this.state.busy = true;
        try {
            const timeline = await this.orm.call("crm.lead", method, [[leadId], id]);
            if (status(this) !== "destroyed" && leadId === this.state.leadId) {
                this.loadId++;
                this.state.timeline = timeline;
            }
        } catch (error) {
            if (status(this) === "destroyed") {
                throw error;
            }
            this.state.error = error.data?.message || error.message || _t("That did not work.");
        } finally {
            this.state.busy = false;
        }
    }

    record(touchpointId) {
        return this.send("sales_process_record_touch", touchpointId);
    }

    remove(touchId) {
        return this.send("sales_process_remove_touch", touchId);
    }
}

export const journeyTimelineWidget = {
    component: JourneyTimelineWidget,
    additionalClasses: ["o_sales_process_widget", "w-100"],
};

registry.category("view_widgets").add("sales_process_timeline", journeyTimelineWidget);
