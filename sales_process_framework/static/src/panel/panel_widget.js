import { Component, onWillDestroy, status, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { LEAD_ANSWERED, isHandledGateError } from "../gate/gate_error";
import { useLeadUpload } from "../item/upload";
import { SalesProcessPanel } from "./panel";

/**
 * The process of a lead on its form. Answers go to the server on their own: the form's unsaved
 * values stay untouched, and the form needs no save before a point is ticked.
 */
export class SalesProcessPanelWidget extends Component {
    static template = "sales_process_framework.PanelWidget";
    static components = { SalesProcessPanel };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.upload = useLeadUpload();
        // Answers are sent one after the other: the last panel that comes back is the newest.
        this.mutex = new Mutex();
        this.loadId = 0;
        this.state = useState({
            /** undefined while it loads, false when the lead follows no process. */
            panel: undefined,
            leadId: false,
            busy: new Set(),
            advancing: false,
            error: "",
        });
        this.actions = {
            answer: this.answer.bind(this),
            note: this.note.bind(this),
            submitFiles: this.submitFiles.bind(this),
            removeFile: this.removeFile.bind(this),
            requestApproval: this.requestApproval.bind(this),
            decide: this.decide.bind(this),
            decideException: this.decideException.bind(this),
            advance: this.advance.bind(this),
        };
        useRecordObserver((record) => {
            // `data` is a new object each time the record comes back from the server.
            this.observe(record.resId, record.data);
        });
        useBus(this.env.bus, LEAD_ANSWERED, ({ detail }) => {
            if (detail.leadId === this.leadId) {
                this.load(detail.leadId);
            }
        });
        onWillDestroy(() => this.loadId++);
    }

    get leadId() {
        return this.props.record.resId;
    }

    observe(leadId) {
        if (leadId !== this.state.leadId) {
            Object.assign(this.state, { leadId, panel: undefined, error: "" });
        }
        if (leadId) {
            // Not awaited: the form does not wait for its panel.
            this.load(leadId);
        }
    }

    async load(leadId) {
        const loadId = ++this.loadId;
        const panel = await this.orm.silent.call("crm.lead", "get_sales_process_panel", [[leadId]]);
        if (loadId === this.loadId) {
            this.state.panel = panel;
        }
    }

    /** Calls a method that returns the new panel. `key` is what shows as being sent. */
    async send(key, method, args, before = async () => args) {
        const { leadId } = this;
        this.state.error = "";
        this.state.busy.add(key);
        try {
            await this.mutex.exec(async () => {
                const panel = await this.orm.call("crm.lead", method, [
                    [leadId],
                    ...(await before(leadId)),
                ]);
                if (status(this) !== "destroyed" && leadId === this.leadId) {
                    this.loadId++;
                    this.state.panel = panel;
                }
            });
        } catch (error) {
            if (status(this) === "destroyed") {
                throw error;
            }
            this.state.error = error.data?.message || error.message || _t("That did not work.");
            if (leadId === this.leadId) {
                // Back to what the server knows: the tick that was refused goes out again.
                await this.load(leadId);
            }
        } finally {
            this.state.busy.delete(key);
        }
    }

    answer(item, values) {
        // Shown at once; the server's answer corrects it.
        if ("count" in values) {
            item.count = values.count;
        }
        return this.send(item.id, "sales_process_answer", [item.id, values]);
    }

    /** A note goes with the answer that it is about, which therefore is sent again. */
    note(item, note) {
        return this.send(item.id, "sales_process_answer", [
            item.id,
            { state: item.state === "na" ? "na" : "done", count: item.count, note },
        ]);
    }

    submitFiles(item, files) {
        return this.send(item.id, "sales_process_submit_document", null, async (leadId) => [
            item.id,
            await this.upload(leadId, files),
        ]);
    }

    removeFile(item, attachmentId) {
        return this.send(item.id, "sales_process_remove_document", [item.id, attachmentId]);
    }

    async requestApproval(item) {
        await this.send(item.id, "sales_process_request_approval", [item.id]);
        await this.reloadRecord();
    }

    async decide(item, approve, note) {
        await this.send(item.id, "sales_process_decide", [item.id, approve, note || false]);
        await this.reloadRecord();
    }

    async decideException(exception, approve, note) {
        await this.send(`exception_${exception.id}`, "sales_process_decide_exception", [
            exception.id,
            approve,
            note || false,
        ]);
        await this.reloadRecord();
    }

    /** Shows what an approval left in the chatter, unless something unsaved would be lost. */
    async reloadRecord() {
        const { record } = this.props;
        if (status(this) !== "destroyed" && !this.state.error && !(await record.isDirty())) {
            await record.load();
        }
    }

    async advance() {
        const { record } = this.props;
        this.state.error = "";
        this.state.advancing = true;
        try {
            if ((await record.isDirty()) && !(await record.save())) {
                return;
            }
            await this.mutex.getUnlockedDef();
            await this.action.doActionButton({
                type: "object",
                name: "action_sales_process_advance",
                resModel: record.resModel,
                resId: record.resId,
                context: record.context,
            });
            await record.load();
        } catch (error) {
            if (!isHandledGateError(error)) {
                throw error;
            }
        } finally {
            this.state.advancing = false;
        }
    }
}

export const salesProcessPanelWidget = {
    component: SalesProcessPanelWidget,
    additionalClasses: ["o_sales_process_widget", "w-100"],
};

registry.category("view_widgets").add("sales_process_panel", salesProcessPanelWidget);
