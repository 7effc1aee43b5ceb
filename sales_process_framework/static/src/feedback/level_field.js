import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const LEVELS = [1, 2, 3, 4, 5];

/** A level of 1 to 5 in one click, as buttons that a thumb and the arrow keys reach; 0 is still open. */
export class SalesProcessLevelField extends Component {
    static template = "sales_process_framework.LevelField";
    static props = { ...standardFieldProps };

    setup() {
        this.levels = LEVELS;
    }

    get value() {
        return this.props.record.data[this.props.name] || 0;
    }

    get fieldLabel() {
        return this.props.record.fields[this.props.name].string;
    }

    get valueLabel() {
        return this.value
            ? _t("%(field)s: %(level)s of 5", { field: this.fieldLabel, level: this.value })
            : _t("%(field)s: not judged yet", { field: this.fieldLabel });
    }

    /** The level that is set already takes the judgement back. */
    set(level) {
        this.props.record.update({ [this.props.name]: level === this.value ? 0 : level });
    }

    onKeydown(ev) {
        const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[ev.key];
        const level = step && this.value + step;
        if (LEVELS.includes(level)) {
            ev.preventDefault();
            ev.stopPropagation();
            ev.currentTarget.querySelector(`[data-level='${level}']`)?.focus();
            this.props.record.update({ [this.props.name]: level });
        }
    }
}

registry.category("fields").add("sales_process_level", {
    component: SalesProcessLevelField,
    displayName: _t("Level of 1 to 5"),
    supportedTypes: ["integer"],
});
