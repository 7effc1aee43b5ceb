import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Days as they fit a card: "3 h", "2 d". */
function formatDays(duration) {
    const hours = Math.max(0, duration.as("hours"));
    return hours < 24
        ? _t("%(hours)s h", { hours: Math.floor(hours) })
        : _t("%(days)s d", { days: Math.floor(hours / 24) });
}

/**
 * Time in the stage against its limit, from the two stored dates alone. Both are calendar time:
 * the limit is in working time, its deadline already has the holidays in it.
 *
 * @param {luxon.DateTime|false} entered
 * @param {luxon.DateTime|false} deadline
 * @returns {{ text: string, title: string, overdue: boolean } | false}
 */
export function getStageTime(entered, deadline, now = DateTime.now()) {
    if (!entered) {
        return false;
    }
    const spent = formatDays(now.diff(entered));
    const since = _t("In this stage since %(date)s", { date: formatDateTime(entered) });
    if (!deadline) {
        return { text: spent, title: since, overdue: false };
    }
    return {
        text: _t("%(spent)s / %(limit)s", { spent, limit: formatDays(deadline.diff(entered)) }),
        title: `${since}\n${_t("Limit: %(date)s", { date: formatDateTime(deadline) })}`,
        overdue: deadline < now,
    };
}
