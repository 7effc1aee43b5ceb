import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { SalesProcessFeedbackDialog } from "./feedback_dialog";

/** Says, where one stands, that it gets in the way. Asks the server for nothing until it is clicked. */
export class FeedbackButton extends Component {
    static template = "sales_process_framework.FeedbackButton";
    static props = {
        /** Where and in which situation, see `sales.process.feedback.give`. */
        about: Object,
        place: String,
        /** Only the icon, where a word would be one too many. */
        compact: { type: Boolean, optional: true },
    };

    setup() {
        this.dialog = useService("dialog");
    }

    get label() {
        return _t("This gets in the way: %(place)s", { place: this.props.place });
    }

    open() {
        const { about, place } = this.props;
        this.dialog.add(SalesProcessFeedbackDialog, { about, place });
    }
}

/** From a menu or button: about nothing in particular. The list behind it shows what was given. */
function giveFeedback(env) {
    env.services.dialog.add(SalesProcessFeedbackDialog, {
        onSent: () => {
            const { currentController } = env.services.action;
            if (currentController?.action.res_model === "sales.process.feedback") {
                env.services.action.doAction("soft_reload");
            }
        },
    });
}

registry.category("actions").add("sales_process_feedback_give", giveFeedback);
