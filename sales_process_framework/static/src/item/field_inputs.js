import { Component, onWillStart } from "@odoo/owl";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { serializeDateTime } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

const { DateTime } = luxon;

const INPUT_TYPES = {
    char: "text",
    integer: "number",
    float: "number",
    monetary: "number",
    date: "date",
    datetime: "datetime-local",
};

/** Inputs for fields of a lead that are still blank. */
export class FieldInputs extends Component {
    static template = "sales_process_framework.FieldInputs";
    static components = { RecordSelector, MultiRecordSelector };
    static props = {
        idPrefix: String,
        fields: Array,
        values: Object,
        disabled: { type: Boolean, optional: true },
        onChange: Function,
    };

    setup() {
        this.fieldService = useService("field");
        this.definitions = {};
        const needsDefinition = this.props.fields.filter((field) =>
            ["many2one", "many2many"].includes(field.type)
        );
        onWillStart(async () => {
            if (needsDefinition.length) {
                this.definitions = await this.fieldService.loadFields("crm.lead", {
                    fieldNames: needsDefinition.map((field) => field.name),
                    attributes: ["relation", "type"],
                });
            }
        });
    }

    inputType(field) {
        return INPUT_TYPES[field.type] || false;
    }

    relation(field) {
        return this.definitions[field.name]?.relation || false;
    }

    inputId(field) {
        return `${this.props.idPrefix}_${field.name}`;
    }

    onInput(field, ev) {
        const { value } = ev.target;
        if (this.inputType(field) === "number") {
            this.props.onChange(field.name, value === "" ? undefined : Number(value));
        } else if (field.type === "datetime") {
            const date = value && DateTime.fromISO(value);
            this.props.onChange(field.name, date ? serializeDateTime(date) : undefined);
        } else {
            this.props.onChange(field.name, value || undefined);
        }
    }

    onSelect(field, ev) {
        this.props.onChange(field.name, ev.target.value || undefined);
    }

    onBoolean(field, ev) {
        this.props.onChange(field.name, ev.target.checked || undefined);
    }

    onRecord(field, resId) {
        this.props.onChange(field.name, resId || undefined);
    }

    onRecords(field, resIds) {
        this.props.onChange(field.name, resIds.length ? [[6, 0, resIds]] : undefined);
    }

    recordIds(field) {
        return this.props.values[field.name]?.[0]?.[2] || [];
    }
}
