import { Component, useRef, useState } from "@odoo/owl";

/** Where files are dropped or picked. What happens to them is the parent's business. */
export class FileDrop extends Component {
    static template = "sales_process_framework.FileDrop";
    static props = {
        label: String,
        disabled: { type: Boolean, optional: true },
        busy: { type: Boolean, optional: true },
        onFiles: Function,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({ over: 0 });
    }

    get isClosed() {
        return this.props.disabled || this.props.busy;
    }

    pick() {
        this.input.el.click();
    }

    give(fileList) {
        const files = [...fileList];
        if (files.length && !this.isClosed) {
            this.props.onFiles(files);
        }
    }

    onPicked() {
        this.give(this.input.el.files);
        // The same file again must be noticed as a change.
        this.input.el.value = null;
    }

    onDragEnter() {
        this.state.over++;
    }

    onDragLeave() {
        this.state.over = Math.max(0, this.state.over - 1);
    }

    onDrop(ev) {
        this.state.over = 0;
        this.give(ev.dataTransfer?.files || []);
    }
}
