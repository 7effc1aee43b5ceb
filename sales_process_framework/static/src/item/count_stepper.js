import { Component } from "@odoo/owl";

import { getCountRange } from "./item_labels";

/** A number with a step up and a step down, wide enough for a thumb. */
export class CountStepper extends Component {
    static template = "sales_process_framework.CountStepper";
    static props = {
        id: String,
        label: String,
        value: Number,
        min: Number,
        max: Number,
        disabled: { type: Boolean, optional: true },
        onChange: Function,
    };

    get range() {
        return getCountRange({ min_count: this.props.min, max_count: this.props.max });
    }

    get isFull() {
        return this.props.max > 0 && this.props.value >= this.props.max;
    }

    set(value) {
        const number = Number.isFinite(value) ? Math.max(0, Math.trunc(value)) : 0;
        const limited = this.props.max > 0 ? Math.min(number, this.props.max) : number;
        if (limited !== this.props.value) {
            this.props.onChange(limited);
        }
        return limited;
    }

    onInput(ev) {
        ev.target.value = this.set(parseInt(ev.target.value, 10));
    }
}
