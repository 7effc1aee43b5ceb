import { Component, onWillDestroy, onWillStart, status, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const TYPING_PAUSE = 400;

/**
 * One text, sent with what one was doing. Stands over whatever is open and leaves it as it is.
 */
export class SalesProcessFeedbackDialog extends Component {
    static template = "sales_process_framework.FeedbackDialog";
    static components = { Dialog };
    static props = {
        /** Where and in which situation, see `sales.process.feedback.give`. */
        about: { type: Object, optional: true },
        /** The same in words. */
        place: { type: String, optional: true },
        onSent: { type: Function, optional: true },
        close: Function,
    };
    static defaultProps = { about: {}, place: "" };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        useAutofocus({ refName: "text" });
        this.searchId = 0;
        this.state = useState({
            text: "",
            kind: "obstacle",
            themeId: "",
            anonymous: false,
            themes: [],
            similar: [],
            joined: new Set(),
            busy: false,
            error: "",
        });
        this.findSimilar = useDebounced(this.loadSimilar.bind(this), TYPING_PAUSE);
        onWillStart(() => {
            // Not awaited: writing can begin before the rest is there.
            this.loadForm();
        });
        onWillDestroy(() => this.searchId++);
    }

    get kinds() {
        return [
            ["obstacle", _t("Gets in the way")],
            ["idea", _t("Idea")],
            ["praise", _t("Praise")],
            ["question", _t("Question")],
        ];
    }

    get canSend() {
        return Boolean(this.state.text.trim()) && !this.state.busy;
    }

    async loadForm() {
        const form = await this.orm.silent.call("sales.process.feedback", "get_form", [
            this.props.about,
        ]);
        if (status(this) !== "destroyed") {
            this.state.themes = form.themes;
            if (!this.state.text) {
                this.state.similar = form.similar;
            }
        }
    }

    async loadSimilar() {
        const searchId = ++this.searchId;
        const similar = await this.orm.silent.call("sales.process.feedback", "get_similar", [
            this.state.text,
            this.props.about,
        ]);
        if (searchId === this.searchId) {
            this.state.similar = similar;
        }
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.findSimilar();
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            ev.preventDefault();
            this.send();
        }
    }

    votesLabel(row) {
        return row.votes === 1 ? _t("1 person says so") : _t("%s people say so", row.votes);
    }

    isMine(row) {
        return row.is_mine || this.state.joined.has(row.id);
    }

    joinLabel(row) {
        return _t("I say the same: %(text)s", { text: row.text });
    }

    async run(callback) {
        if (this.state.busy) {
            return;
        }
        Object.assign(this.state, { busy: true, error: "" });
        try {
            await callback();
        } catch (error) {
            if (status(this) === "destroyed") {
                throw error;
            }
            this.state.error = error.data?.message || error.message || _t("That did not work.");
        } finally {
            this.state.busy = false;
        }
    }

    join(row) {
        return this.run(async () => {
            row.votes = await this.orm.call("sales.process.feedback", "me_too", [[row.id]]);
            this.state.joined.add(row.id);
            if (!this.state.text.trim()) {
                this.finish(_t("Your voice counts. You will be told what becomes of it."));
            }
        });
    }

    send() {
        if (!this.canSend) {
            return;
        }
        return this.run(async () => {
            await this.orm.call("sales.process.feedback", "give", [this.state.text], {
                about: this.props.about,
                kind: this.state.kind,
                theme_id: Number(this.state.themeId) || false,
                anonymous: this.state.anonymous,
            });
            this.finish(_t("Thank you. You will be told what becomes of it."));
        });
    }

    finish(message) {
        this.notification.add(message, {
            type: "success",
            buttons: [
                {
                    name: _t("My Feedback"),
                    onClick: () =>
                        this.action.doAction(
                            "sales_process_framework.sales_process_feedback_action_own"
                        ),
                },
            ],
        });
        this.props.onSent?.();
        this.props.close();
    }
}
