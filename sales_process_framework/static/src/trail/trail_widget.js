import { Component, onWillDestroy, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PAGE = 80;
/** As many as the server gives at once. */
const MAXIMUM = 400;

/**
 * What other apps know of a lead or a customer, the newest first. It stands on a page of its own:
 * the notebook makes it when the page is opened, so a form that nobody opens it on asks nothing.
 */
export class SalesProcessTrailWidget extends Component {
    static template = "sales_process_framework.TrailWidget";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.loadId = 0;
        this.state = useState({ entries: undefined, hasMore: false, kind: false, limit: PAGE });
        useRecordObserver((record) => {
            // Not awaited: the form does not wait for its trail.
            this.load(record.resModel, record.resId);
        });
        onWillDestroy(() => this.loadId++);
    }

    async load(resModel, resId) {
        const loadId = ++this.loadId;
        if (resId !== this.resId) {
            Object.assign(this.state, { entries: undefined, kind: false, limit: PAGE });
            this.resId = resId;
        }
        if (!resId) {
            return;
        }
        const { limit } = this.state;
        const { entries, has_more } = await this.orm.silent.call(resModel, "get_sales_trail", [
            [resId],
            limit,
        ]);
        if (loadId === this.loadId) {
            Object.assign(this.state, { entries, hasMore: has_more });
        }
    }

    /** What can be picked: one for each kind that occurs, in the order of its newest entry. */
    get kinds() {
        const kinds = new Map();
        for (const { kind, label, icon } of this.state.entries) {
            const known = kinds.get(kind) || { kind, label, icon, count: 0 };
            known.count++;
            kinds.set(kind, known);
        }
        return [...kinds.values()];
    }

    get entries() {
        const { entries, kind } = this.state;
        return kind ? entries.filter((entry) => entry.kind === kind) : entries;
    }

    get canShowMore() {
        return this.state.hasMore && this.state.limit < MAXIMUM;
    }

    formatDate({ date }) {
        return formatDate(date.length > 10 ? deserializeDateTime(date) : deserializeDate(date));
    }

    formatAmount({ amount, currency }) {
        return formatCurrency(amount, currency);
    }

    toggle(kind) {
        this.state.kind = this.state.kind === kind ? false : kind;
    }

    showMore() {
        this.state.limit = Math.min(this.state.limit + 2 * PAGE, MAXIMUM);
        const { resModel, resId } = this.props.record;
        return this.load(resModel, resId);
    }

    open({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

export const salesProcessTrailWidget = {
    component: SalesProcessTrailWidget,
    additionalClasses: ["w-100"],
};

registry.category("view_widgets").add("sales_process_trail", salesProcessTrailWidget);
