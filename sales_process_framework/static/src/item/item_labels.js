import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/**
 * Word, icon and colour of each state. The word is always shown: colour alone says nothing to
 * somebody who cannot see it.
 */
export function getItemStateInfo(state) {
    switch (state) {
        case "met":
            return {
                label: _t("Done"),
                icon: "fa-check text-success",
                className: "border text-body",
            };
        case "na":
            return {
                label: _t("Not applicable"),
                icon: "fa-minus",
                className: "text-bg-secondary",
            };
        case "waiting":
            return {
                label: _t("Waiting for approval"),
                icon: "fa-clock-o",
                className: "text-bg-info",
            };
        case "locked":
            return { label: _t("Locked"), icon: "fa-lock", className: "text-bg-secondary" };
        case "rejected":
            return { label: _t("Rejected"), icon: "fa-times", className: "text-bg-danger" };
        case "error":
            return {
                label: _t("Cannot be judged"),
                icon: "fa-exclamation-triangle",
                className: "text-bg-danger",
            };
    }
    return { label: _t("To do"), icon: "fa-circle-o", className: "border text-body" };
}

export function getKindInfo(kind) {
    switch (kind) {
        case "action":
            return { label: _t("Key action"), icon: "fa-bolt" };
        case "deliverable":
            return { label: _t("Deliverable"), icon: "fa-file-text-o" };
    }
    return { label: _t("Criterion"), icon: "fa-flag-o" };
}

/** @returns {string} "3–5", "at least 3", "at most 5" or "" */
export function getCountRange({ min_count: min, max_count: max }) {
    if (min && max && min !== max) {
        return _t("%(min)s to %(max)s", { min, max });
    }
    if (min && max) {
        return _t("exactly %(count)s", { count: min });
    }
    if (min) {
        return _t("at least %(min)s", { min });
    }
    return max ? _t("at most %(max)s", { max }) : "";
}

/** @returns {string} the words before "ago": "today", "1 day ago", "4 days ago" */
export function getAge(days) {
    if (days === false || days === undefined || days === null) {
        return "";
    }
    if (days < 1) {
        return _t("today");
    }
    return days < 2 ? _t("1 day ago") : _t("%(days)s days ago", { days: Math.floor(days) });
}

/** @returns {string} "by Mia, 4 days ago" */
export function getAnsweredLine(item) {
    if (!item.answered_by) {
        return "";
    }
    const age = getAge(item.age_days);
    return age
        ? _t("%(user)s, %(age)s", { user: item.answered_by, age })
        : _t("by %(user)s", { user: item.answered_by });
}

/** @returns {string} a server date and time in the user's format */
export function formatServerDateTime(value) {
    return value ? formatDateTime(deserializeDateTime(value)) : "";
}
