import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

let nextId = 1;

/** A titled part of the panel that opens and closes, and stays as it was left. */
export class PanelSection extends Component {
    static template = "sales_process_framework.PanelSection";
    static props = {
        title: String,
        /** Name under which the browser remembers whether it is open. */
        storageKey: { type: String, optional: true },
        open: { type: Boolean, optional: true },
        badge: { type: [String, Number], optional: true },
        badgeClass: { type: String, optional: true },
        className: { type: String, optional: true },
        slots: Object,
    };
    static defaultProps = { open: true, badgeClass: "text-bg-secondary", className: "" };

    setup() {
        this.id = `sales_process_section_${nextId++}`;
        this.state = useState({ open: this.remembered ?? this.props.open });
    }

    get remembered() {
        const value = this.props.storageKey && browser.localStorage.getItem(this.fullKey);
        return value ? value === "open" : undefined;
    }

    get fullKey() {
        return `sales_process_framework.${this.props.storageKey}`;
    }

    toggle() {
        this.state.open = !this.state.open;
        if (this.props.storageKey) {
            browser.localStorage.setItem(this.fullKey, this.state.open ? "open" : "closed");
        }
    }
}
