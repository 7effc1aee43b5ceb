import { canSettle, isSettled, makeDraft, openPredecessors, toEntry } from "../item/item_draft";

/**
 * One refused move with everything that was put in for it. Survives further refusals: what is
 * still missing keeps what was typed.
 */
export class MoveDraft {
    /**
     * @param {object} data a move of the refusal's payload
     * @param {MoveDraft} [previous] the same lead at the refusal before
     */
    constructor(data, previous) {
        this.data = data;
        this.isOpen = previous ? previous.isOpen : false;
        this.invalid = new Set();
        this.drafts = {};
        for (const item of data.items) {
            this.drafts[item.id] = this._carryOver(item, previous) || makeDraft(item);
        }
    }

    _carryOver(item, previous) {
        const draft = previous?.drafts[item.id];
        return draft ? { ...draft } : null;
    }

    get mandatory() {
        return this.data.items.filter((item) => item.mandatory);
    }

    get advisory() {
        return this.data.items.filter((item) => !item.mandatory);
    }

    get progress() {
        const { mandatory } = this;
        return {
            settled: mandatory.filter((item) => this.isSettled(item)).length,
            total: mandatory.length,
        };
    }

    get isComplete() {
        return !this.data.movement && this.mandatory.every((item) => this.isSettled(item));
    }

    /** Items that could be settled here and are not. */
    get unanswered() {
        return this.mandatory.filter(
            (item) => this.canSettle(item) && !this.isSettled(item) && !this.blockedBy(item).length
        );
    }

    get touched() {
        return this.data.items.filter((item) => this.drafts[item.id].touched);
    }

    canSettle(item) {
        return Boolean(this.data.lead_id) && canSettle(item);
    }

    isSettled(item) {
        return isSettled(item, this.drafts[item.id]);
    }

    blockedBy(item) {
        return openPredecessors(item, this.data.items, this.drafts);
    }

    _touch(item) {
        this.drafts[item.id].touched = true;
        if (this.isSettled(item)) {
            this.invalid.delete(item.id);
        }
    }

    answer(item, values) {
        Object.assign(this.drafts[item.id], values);
        this._touch(item);
    }

    addFiles(item, files) {
        const draft = this.drafts[item.id];
        draft.files = [...draft.files, ...files];
        draft.attachmentIds = null;
        this._touch(item);
    }

    removeFile(item, file) {
        const draft = this.drafts[item.id];
        draft.files = draft.files.filter((other) => other !== file);
        draft.attachmentIds = null;
        this._touch(item);
    }

    setValue(item, name, value) {
        const draft = this.drafts[item.id];
        draft.values = { ...draft.values, [name]: value };
        this._touch(item);
    }

    /** @returns {boolean} false when something that can be answered here is not */
    validate() {
        this.invalid = new Set(this.unanswered.map((item) => item.id));
        if (this.invalid.size) {
            this.isOpen = true;
        }
        return this.invalid.size === 0;
    }

    entries() {
        return this.touched.map((item) => toEntry(item, this.drafts[item.id]));
    }

    /** Called once the entries are on the server. */
    markSent() {
        for (const item of this.touched) {
            // A file that is stored must not be sent twice.
            Object.assign(this.drafts[item.id], { touched: false, files: [], attachmentIds: null });
        }
    }

    /** Takes over what the server says about an item after an answer was sent on its own. */
    refreshItem(id, values) {
        const item = this.data.items.find((other) => other.id === id);
        if (item && values) {
            Object.assign(item, values);
        }
    }
}
