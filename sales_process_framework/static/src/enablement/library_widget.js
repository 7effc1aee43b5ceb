import { Component, markup, status, useState } from "@odoo/owl";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const ICONS = {
    tool: "fa-wrench",
    script: "fa-comment-o",
    case: "fa-trophy",
    template: "fa-file-text-o",
    guide: "fa-book",
};
const REASON_ICONS = {
    action: "fa-check-square-o",
    stage: "fa-flag-o",
    industry: "fa-industry",
    persona: "fa-user-o",
};
const SEARCH_DELAY = 300;

/** Scripts, cases and tools for where the lead stands. Nothing is asked for before somebody opens it. */
export class SalesProcessLibraryWidget extends Component {
    static template = "sales_process_framework.LibraryWidget";
    static components = { CopyButton };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.loadId = 0;
        this.state = useState({ open: false, query: "", resources: false, shown: {}, error: "" });
        this.searchSoon = useDebounced(() => this.load(), SEARCH_DELAY);
        useRecordObserver((record) => {
            const place = JSON.stringify([
                record.resId,
                record.data.stage_id?.id,
                record.data.tag_ids?.currentIds,
            ]);
            if (this.place !== undefined && place !== this.place) {
                // Another lead or another stage: other things help there.
                Object.assign(this.state, { resources: false, shown: {} });
                if (this.state.open) {
                    this.searchSoon();
                }
            }
            this.place = place;
        });
    }

    get copiedLabel() {
        return _t("Copied");
    }

    icon(resource) {
        return ICONS[resource.kind];
    }

    reasonIcon(reason) {
        return REASON_ICONS[reason.kind];
    }

    toggle() {
        this.state.open = !this.state.open;
        if (this.state.open && !this.state.resources) {
            this.load();
        }
    }

    onSearch(ev) {
        this.state.query = ev.target.value;
        this.searchSoon();
    }

    toggleContent(resource) {
        this.state.shown[resource.id] = !this.state.shown[resource.id];
    }

    async load() {
        const { resId } = this.props.record;
        if (!resId || status(this) === "destroyed") {
            return;
        }
        const loadId = ++this.loadId;
        this.state.error = "";
        try {
            const resources = await this.orm.silent.call(
                "crm.lead",
                "get_sales_resources",
                [[resId]],
                { query: this.state.query || false }
            );
            if (loadId === this.loadId) {
                // The server cleans what is written as HTML before it stores it.
                this.state.resources = resources.map((resource) => ({
                    ...resource,
                    content: resource.content && markup(resource.content),
                }));
            }
        } catch (error) {
            if (loadId === this.loadId) {
                this.state.resources = [];
                this.state.error = error.data?.message || _t("The library cannot be read.");
            }
        }
    }
}

export const salesProcessLibraryWidget = {
    component: SalesProcessLibraryWidget,
    additionalClasses: ["o_sales_process_widget", "w-100"],
};

registry.category("view_widgets").add("sales_process_library", salesProcessLibraryWidget);
