/**
 * What somebody has put in for one requirement and not yet sent. Pure functions, no service.
 *
 * @typedef {Object} ItemDraft
 * @property {"done"|"na"|false} state
 * @property {number} count
 * @property {string} note
 * @property {File[]} files
 * @property {number[]|null} attachmentIds of `files`, once they are on the server
 * @property {Record<string, any>} values of blank fields
 * @property {boolean} touched
 */

/** @returns {ItemDraft} */
export function makeDraft(item) {
    return {
        state: item.state === "na" ? "na" : false,
        count: item.count || 0,
        note: item.note || "",
        files: [],
        attachmentIds: null,
        values: {},
        touched: false,
    };
}

/** 0 and false are values; nothing, blanks and empty lists are not. */
export function hasValue(value) {
    if (typeof value === "string") {
        return value.trim() !== "";
    }
    if (Array.isArray(value)) {
        return value.length > 0;
    }
    return value !== undefined && value !== null;
}

/** @returns {boolean} whether there is something in a dialog that settles the item */
export function canSettle(item) {
    // What is locked becomes answerable as soon as its predecessor is put in next to it.
    if ((!item.can_answer && item.state !== "locked") || item.state === "waiting") {
        return false;
    }
    switch (item.judgement) {
        case "manual":
        case "document":
            return true;
        case "field":
            return item.fields.length > 0;
    }
    return Boolean(item.allow_na);
}

/** @returns {boolean} whether the item is settled, as far as can be told before sending it */
export function isSettled(item, draft) {
    if (item.state === "met" || item.state === "na" || draft.state === "na") {
        return true;
    }
    switch (item.judgement) {
        case "manual":
            return item.min_count > 0 ? draft.count >= item.min_count : draft.state === "done";
        case "document":
            return draft.files.length > 0;
        case "field":
            return (
                item.fields.length > 0 && item.fields.every((f) => hasValue(draft.values[f.name]))
            );
    }
    return false;
}

/** @returns {string[]} names of what must come first and is not settled by the other drafts */
export function openPredecessors(item, items, drafts) {
    return item.after.filter((name) => {
        const before = items.find((other) => other.name === name);
        return !before || !isSettled(before, drafts[before.id]);
    });
}

/** @returns {object} the draft as `sales_process_complete` takes it */
export function toEntry(item, draft) {
    const entry = { requirement_id: item.id };
    if (draft.state === "na") {
        entry.state = "na";
    } else if (item.judgement === "manual") {
        if (item.min_count > 0 || item.max_count > 0) {
            entry.count = draft.count;
            entry.state = draft.count > 0 ? "done" : false;
        } else {
            entry.state = draft.state;
        }
    }
    if (draft.note !== (item.note || "")) {
        entry.note = draft.note;
    }
    if (draft.attachmentIds?.length) {
        entry.attachment_ids = draft.attachmentIds;
    }
    const values = Object.entries(draft.values).filter(([, value]) => hasValue(value));
    if (values.length) {
        entry.values = Object.fromEntries(values);
    }
    return entry;
}
