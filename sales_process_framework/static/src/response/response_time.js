import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Share of the time that is left when a clock turns amber. */
const SOON = 0.34;

/** "2:07" below an hour, "3:20 h" below a day, days from there on. */
function formatLength(duration) {
    const seconds = Math.max(0, Math.floor(duration.as("seconds")));
    const two = (number) => String(number).padStart(2, "0");
    if (seconds < 3600) {
        return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
    }
    if (seconds < 86400) {
        const minutes = Math.floor(seconds / 60);
        return _t("%(hours)s h", { hours: `${Math.floor(minutes / 60)}:${two(minutes % 60)}` });
    }
    return _t("%(days)s d", { days: Math.floor(seconds / 86400) });
}

/**
 * What a clock shows. The deadline is a moment that has nights, weekends and holidays in it already.
 *
 * @param {luxon.DateTime|false} started
 * @param {luxon.DateTime|false} deadline
 * @returns {{ state: "good"|"soon"|"late", text: string, label: string, title: string } | false}
 */
export function getResponseTime(started, deadline, now = DateTime.now()) {
    if (!deadline) {
        return false;
    }
    const title = _t("Answer by %(date)s", { date: formatDateTime(deadline) });
    if (deadline < now) {
        const length = formatLength(now.diff(deadline));
        const text = `+${length}`;
        return { state: "late", text, title, label: _t("Answer late by %s", length) };
    }
    const left = deadline.diff(now);
    const whole = started ? deadline.diff(started) : left;
    const text = formatLength(left);
    return {
        state: left.toMillis() <= whole.toMillis() * SOON ? "soon" : "good",
        text,
        title,
        label: _t("Answer within %s", text),
    };
}
