import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Salespeople by key action: how well each is mastered, from training and from real work. */
export class SalesProcessSkills extends Component {
    static template = "sales_process_framework.Skills";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({
            matrix: false,
            teamId: false,
            processId: false,
            withDocuments: false,
            selected: false,
        });
        onWillStart(() => this.load());
    }

    async load() {
        const matrix = await this.orm.call("sales.process.skill", "get_skills_matrix", [], {
            team_id: this.state.teamId,
            process_id: this.state.processId,
        });
        Object.assign(this.state, { matrix, selected: false, processId: matrix.process_id });
    }

    get columns() {
        return this.state.matrix.columns.filter(
            (column) => this.state.withDocuments || column.kind === "action"
        );
    }

    /** Neighbouring columns of one stage share a heading. */
    get stages() {
        const stages = [];
        for (const column of this.columns) {
            const last = stages.at(-1);
            if (last && last.id === column.stage_id) {
                last.span++;
            } else {
                stages.push({ id: column.stage_id, name: column.stage, span: 1 });
            }
        }
        return stages;
    }

    level(row, column) {
        return row.cells[column.id]?.level || 0;
    }

    levelName(level) {
        return this.state.matrix.levels[level].name;
    }

    cellTitle(row, column) {
        return _t("%(name)s, %(action)s: %(level)s", {
            name: row.name,
            action: column.name,
            level: this.levelName(this.level(row, column)),
        });
    }

    isSelected(row, column) {
        const { selected } = this.state;
        return selected && selected.row.user_id === row.user_id && selected.column.id === column.id;
    }

    select(row, column) {
        this.state.selected = this.isSelected(row, column)
            ? false
            : { row, column, cell: row.cells[column.id] || false };
    }

    onTeam(ev) {
        // The process that a team follows comes with it.
        Object.assign(this.state, { teamId: Number(ev.target.value) || false, processId: false });
        return this.load();
    }

    onProcess(ev) {
        this.state.processId = Number(ev.target.value) || false;
        return this.load();
    }

    openTrainings() {
        const { row, column } = this.state.selected;
        return this.openRecords(_t("Trainings"), "sales.process.training.attendee", [
            ["user_id", "=", row.user_id],
            ["training_id.requirement_ids", "in", column.requirement_ids],
        ]);
    }

    openWork() {
        const { row, column } = this.state.selected;
        const isDocument = column.kind === "deliverable";
        return this.openRecords(
            _t("Work"),
            isDocument ? "sales.process.deliverable" : "sales.process.answer",
            [
                [isDocument ? "submitted_by_id" : "user_id", "=", row.user_id],
                ["requirement_id", "in", column.requirement_ids],
            ]
        );
    }

    openRecords(name, model, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
        });
    }
}

registry.category("actions").add("sales_process_skills", SalesProcessSkills);
