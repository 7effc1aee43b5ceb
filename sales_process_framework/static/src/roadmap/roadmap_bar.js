import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatDay, getPlace, shift, toDay } from "./roadmap_dates";

/** Day of the year from which the name of a point stands before it, as `tools/roadmap.py` packs it. */
const LATE = 330;
/** Pixels that a press may slip without being a drag. */
const SLIP = 4;
const WEEK = 7;

/** One bar of the roadmap: moved by pointer or arrow keys, its ends too. */
export class RoadmapBar extends Component {
    static template = "sales_process_framework.RoadmapBar";
    static props = {
        bar: Object,
        icon: String,
        year: Number,
        onOpen: Function,
        onMove: Function,
    };

    setup() {
        this.root = useRef("root");
        this.drag = useState({ edge: false, days: 0 });
    }

    get span() {
        const { bar } = this.props;
        return this.drag.edge ? shift(bar, this.drag.days, this.drag.edge) : bar;
    }

    get style() {
        const { bar, year } = this.props;
        const left = getPlace(this.span.start, year);
        const top = `calc(${bar.row} * var(--roadmap-row))`;
        if (bar.point) {
            return `left: ${left}%; top: ${top}`;
        }
        const width = getPlace(this.span.stop, year, true) - left;
        return `left: ${left}%; width: ${width}%; top: ${top}`;
    }

    /** Whether the end of the year would cut off the name. */
    get isLatePoint() {
        const { bar, year } = this.props;
        const day = toDay(bar.start);
        return bar.point && day.year === year && day.ordinal >= LATE;
    }

    get dates() {
        const { start, stop } = this.span;
        return this.props.bar.point ? formatDay(start) : `${formatDay(start)} – ${formatDay(stop)}`;
    }

    get label() {
        const { bar } = this.props;
        const parts = [bar.name, bar.state_label, this.dates, bar.owner, bar.verdict];
        const text = parts.filter(Boolean).join(", ");
        return bar.can_move
            ? _t("%s. Arrow keys move it by a week, with Shift its end.", text)
            : text;
    }

    /** Pixels of a day, by the width of the lane. */
    get dayWidth() {
        const lane = this.root.el.parentElement;
        return lane.getBoundingClientRect().width / toDay(`${this.props.year}-01-01`).daysInYear;
    }

    onPointerDown(ev, edge) {
        const { bar } = this.props;
        if (!bar.can_move || ev.button || ev.pointerType === "touch") {
            return;
        }
        ev.stopPropagation();
        const from = ev.clientX;
        const width = this.dayWidth;
        const direction = getComputedStyle(this.root.el).direction === "rtl" ? -1 : 1;
        let moved = false;
        const onMove = (event) => {
            const pixels = event.clientX - from;
            moved ||= Math.abs(pixels) > SLIP;
            if (moved) {
                Object.assign(this.drag, { edge, days: Math.round((direction * pixels) / width) });
            }
        };
        const stop = (keep) => {
            for (const [name, listener] of Object.entries(listeners)) {
                document.removeEventListener(name, listener);
            }
            const { days } = this.drag;
            Object.assign(this.drag, { edge: false, days: 0 });
            this.dragged = moved;
            if (keep && days) {
                this.props.onMove(bar, shift(bar, days, edge));
            }
        };
        const listeners = {
            pointermove: onMove,
            pointerup: () => stop(true),
            pointercancel: () => stop(false),
            keydown: (event) => event.key === "Escape" && stop(false),
        };
        for (const [name, listener] of Object.entries(listeners)) {
            document.addEventListener(name, listener);
        }
    }

    onClick() {
        // The press that ends a drag is no click.
        if (this.dragged) {
            this.dragged = false;
            return;
        }
        this.props.onOpen(this.props.bar);
    }

    onKeydown(ev) {
        const { bar } = this.props;
        const direction = { ArrowLeft: -1, ArrowRight: 1 }[ev.key];
        if (!bar.can_move || !direction) {
            return;
        }
        ev.preventDefault();
        const edge = ev.shiftKey ? "stop" : "both";
        this.props.onMove(bar, shift(bar, direction * WEEK, edge), true);
    }
}
