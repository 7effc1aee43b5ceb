import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Tools compared by function; administrators rate in the grid itself. */
export class SalesProcessComparison extends Component {
    static template = "sales_process_framework.Comparison";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.state = useState({ matrix: false, categoryId: false, saving: "" });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.matrix = await this.orm.call(
            "sales.process.resource",
            "get_comparison_matrix",
            [],
            {
                category_id: this.state.categoryId,
            }
        );
    }

    get choices() {
        const choices = [{ value: "", label: "" }];
        for (let rating = 0; rating <= this.state.matrix.highest; rating++) {
            choices.push({ value: String(rating), label: rating ? String(rating) : "–" });
        }
        return choices;
    }

    cell(tool, fn) {
        return tool.ratings[fn.id];
    }

    cellValue(tool, fn) {
        const cell = this.cell(tool, fn);
        return cell ? String(cell.rating) : "";
    }

    cellLabel(tool, fn) {
        return _t("%(tool)s: %(function)s", { tool: tool.name, function: fn.name });
    }

    cellClass(tool, fn) {
        const cell = this.cell(tool, fn);
        return cell ? `o_sales_process_rating_${cell.rating}` : "";
    }

    stars(tool, fn) {
        const { rating } = this.cell(tool, fn);
        return rating ? "●".repeat(rating) + "○".repeat(this.state.matrix.highest - rating) : "–";
    }

    onCategory(ev) {
        this.state.categoryId = Number(ev.target.value) || false;
        return this.load();
    }

    async rate(tool, fn, value) {
        const rating = value === "" ? false : Number(value);
        this.state.saving = `${tool.id} ${fn.id}`;
        try {
            tool.average = await this.orm.call("sales.process.resource", "set_function_rating", [
                [tool.id],
                fn.id,
                rating,
            ]);
            if (rating === false) {
                delete tool.ratings[fn.id];
            } else {
                tool.ratings[fn.id] = { note: "", ...tool.ratings[fn.id], rating };
            }
        } catch (error) {
            // What was chosen is not what is stored: show that again.
            await this.load();
            throw error;
        } finally {
            this.state.saving = "";
        }
    }

    openTool(tool) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sales.process.resource",
            res_id: tool.id,
            views: [[false, "form"]],
        });
    }

    print() {
        const ids = this.state.matrix.tools.map((tool) => tool.id);
        return this.action.doAction("sales_process_framework.sales_process_comparison_report", {
            additionalContext: { active_ids: ids, active_id: ids[0] },
        });
    }
}

registry.category("actions").add("sales_process_comparison", SalesProcessComparison);
