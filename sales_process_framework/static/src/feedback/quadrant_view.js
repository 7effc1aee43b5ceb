import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KanbanHeader } from "@web/views/kanban/kanban_header";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

const HINTS = {
    quick_win: _t("Much for little: do these first."),
    big_project: _t("Worth it, and a project: plan them."),
    fill_in: _t("Small and nice: when there is time."),
    thankless: _t("Much work for little: rather not."),
    unjudged: _t("Drag each one where it belongs."),
};

/** The heading of a quadrant says what to do with what lies in it. */
export class QuadrantHeader extends KanbanHeader {
    static template = "sales_process_framework.QuadrantHeader";

    get hint() {
        return this.props.list.groupByField?.name === "quadrant"
            ? HINTS[this.group.value] || ""
            : "";
    }
}

/**
 * Effort along, impact upwards: a kanban board grouped by quadrant, laid out as two by two. Grouped
 * by anything else, and on a phone, it is a board like any other.
 */
export class QuadrantRenderer extends KanbanRenderer {
    static template = "sales_process_framework.QuadrantRenderer";
    static components = { ...KanbanRenderer.components, KanbanHeader: QuadrantHeader };

    get isMatrix() {
        const { list } = this.props;
        return !this.env.isSmall && list.isGrouped && list.groupByField.name === "quadrant";
    }

    getGroupClasses(group, isGroupProcessing) {
        const classes = super.getGroupClasses(group, isGroupProcessing);
        return this.isMatrix
            ? `${classes} o_sales_process_feedback_quadrant o_sales_process_feedback_${group.value}`
            : classes;
    }
}

registry.category("views").add("sales_process_feedback_quadrant", {
    ...kanbanView,
    Renderer: QuadrantRenderer,
});
