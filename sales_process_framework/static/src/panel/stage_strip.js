import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** The stages of the process in one line: done, here, still to come. */
export class StageStrip extends Component {
    static template = "sales_process_framework.StageStrip";
    static props = { stages: Array };

    setup() {
        this.root = useRef("root");
        // On a phone the line is longer than the screen; the current stage is what matters.
        useEffect(
            () => {
                const strip = this.root.el;
                const current = strip?.querySelector("[aria-current]");
                if (current) {
                    strip.scrollLeft =
                        current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
                }
            },
            () => [this.props.stages.findIndex((stage) => stage.state === "current")]
        );
    }

    stateLabel(stage) {
        switch (stage.state) {
            case "done":
                return _t("done");
            case "current":
                return _t("current stage");
        }
        return _t("to come");
    }
}
