import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { useAutofocus } from "@web/core/utils/hooks";

/** A text of the map: read, and edited in its place by a pencil or a double click. */
export class JourneyText extends Component {
    static template = "sales_process_framework.JourneyText";
    static props = {
        /** What the text is and of which phase, for screen readers. */
        label: String,
        text: { type: [String, Boolean], optional: true },
        canEdit: Boolean,
        /** async (text); rejects when it could not be stored */
        onSave: Function,
    };

    setup() {
        this.state = useState({ editing: false, draft: "", saving: false });
        this.pencil = useRef("pencil");
        this.area = useAutofocus({ refName: "area", mobile: true });
        this.focusPencil = false;
        useEffect(
            (area) => this.grow(area),
            () => [this.area.el, this.state.draft]
        );
        useEffect(() => {
            if (this.focusPencil && this.pencil.el) {
                this.focusPencil = false;
                this.pencil.el.focus();
            }
        });
    }

    /** The field is as high as its text, so that nothing hides while it is written. */
    grow(area) {
        if (area) {
            area.style.height = "auto";
            area.style.height = `${area.scrollHeight + 2}px`;
        }
    }

    edit() {
        if (this.props.canEdit && !this.state.editing) {
            this.state.draft = this.props.text || "";
            this.state.editing = true;
        }
    }

    cancel() {
        this.focusPencil = true;
        this.state.editing = false;
    }

    async save({ refocus = true } = {}) {
        if (!this.state.editing || this.state.saving) {
            return;
        }
        const text = this.state.draft.trim();
        if (text !== (this.props.text || "")) {
            this.state.saving = true;
            try {
                await this.props.onSave(text);
            } finally {
                this.state.saving = false;
            }
        }
        this.focusPencil = refocus;
        this.state.editing = false;
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.cancel();
        } else if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            this.save();
        }
    }

    /** Leaving the field keeps what was written, as everywhere in Odoo. */
    onFocusout(ev) {
        if (!ev.currentTarget.contains(ev.relatedTarget)) {
            this.save({ refocus: false });
        }
    }
}
