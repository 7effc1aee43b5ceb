import { _t } from "@web/core/l10n/translation";

export const LEVELS = [1, 2, 3, 4, 5];

/** From this level on, importance and urgency count as high (the server's `quadrant`). */
export const HIGH = 4;

/** The rows of the map above the touchpoints that hold text of a phase. */
export const PHASE_TEXTS = ["need", "pain", "information_channels"];

export function getRowLabels() {
    return {
        stages: _t("Process stages"),
        need: _t("Customer's need"),
        pain: _t("Pain"),
        information_channels: _t("Where they look"),
        touchpoints: _t("Touchpoints"),
    };
}

export function getPhaseKindLabel(kind) {
    return {
        awareness: _t("Awareness"),
        interest: _t("Interest"),
        evaluation: _t("Evaluation"),
        decision: _t("Decision"),
        use: _t("Use"),
        repurchase: _t("Repurchase"),
        churn: _t("Churn"),
    }[kind];
}

export function getQuadrants() {
    return [
        { key: "plan", name: _t("Plan"), hint: _t("Important, not urgent"), icon: "fa-calendar-o" },
        {
            key: "do_first",
            name: _t("Do first"),
            hint: _t("Important and urgent"),
            icon: "fa-star",
        },
        { key: "routine", name: _t("Routine"), hint: _t("Neither"), icon: "fa-repeat" },
        {
            key: "quick",
            name: _t("Quick response"),
            hint: _t("Urgent, less important"),
            icon: "fa-bolt",
        },
    ];
}

export function getQuadrant(key) {
    return getQuadrants().find((quadrant) => quadrant.key === key);
}

/** The quadrant that the server will compute: shown at once while a change is on its way. */
export function getQuadrantKey(importance, urgency) {
    if (importance >= HIGH) {
        return urgency >= HIGH ? "do_first" : "plan";
    }
    return urgency >= HIGH ? "quick" : "routine";
}

export const CHANNEL_ICONS = {
    online: "fa-globe",
    offline: "fa-map-marker",
    internal: "fa-building-o",
};

export function getChannelKindLabel(kind) {
    return { online: _t("Online"), offline: _t("Offline"), internal: _t("Internal") }[kind];
}
