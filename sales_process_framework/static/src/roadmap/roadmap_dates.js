const { DateTime } = luxon;

const DAY = "yyyy-MM-dd";

export function toDay(text) {
    return DateTime.fromISO(text, { zone: "utc" });
}

export function toText(day) {
    return day.toFormat(DAY);
}

export function formatDay(text) {
    return toDay(text).toLocaleString(DateTime.DATE_MED);
}

/** First days of the months of a year, with the share of the year (in percent) at which they begin and last. */
export function getMonths(year) {
    const start = toDay(`${year}-01-01`);
    const days = start.daysInYear;
    return [...Array(12).keys()].map((month) => {
        const first = start.plus({ months: month });
        return {
            key: month,
            name: first.toLocaleString({ month: "short" }),
            left: (100 * (first.ordinal - 1)) / days,
            width: (100 * first.daysInMonth) / days,
        };
    });
}

/** Where a day is in its year, in percent; days of other years at its edges. */
export function getPlace(text, year, end = false) {
    const start = toDay(`${year}-01-01`);
    const days = toDay(text).diff(start, "days").days + (end ? 1 : 0);
    return Math.min(Math.max((100 * days) / start.daysInYear, 0), 100);
}

/** A bar moved by so many days: as a whole, or one of its ends, never past the other one. */
export function shift({ start, stop }, days, edge) {
    let first = toDay(start);
    let last = toDay(stop);
    if (edge !== "stop") {
        first = first.plus({ days });
    }
    if (edge !== "start") {
        last = last.plus({ days });
    }
    if (first > last) {
        [first, last] = edge === "start" ? [last, last] : [first, first];
    }
    return { start: toText(first), stop: toText(last) };
}
