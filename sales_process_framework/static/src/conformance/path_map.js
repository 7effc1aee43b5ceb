import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/** Sizes in the plot's own units, along the way of the deals and across it; the fan leads to the box outside. */
const SIZES = {
    wide: { width: 132, height: 82, step: 190, arc: 34, fan: 26 },
    tall: { width: 168, height: 82, step: 122, arc: 30, fan: 4 },
};
const THICKEST = 12;
const MARGIN = 16;

/** Stages in order and what deals did between them: on along the line, skips on one side, returns on the other. */
export class PathMap extends Component {
    static template = "sales_process_framework.PathMap";
    static props = {
        stages: Array,
        nodes: Array,
        edges: Array,
        ends: Array,
        path: { type: Array, optional: true },
        tall: Boolean,
        onOpen: Function,
    };

    get size() {
        return SIZES[this.props.tall ? "tall" : "wide"];
    }

    /** Stages, and places outside the process that deals have been in. */
    get places() {
        const { stages, nodes } = this.props;
        const found = Object.fromEntries(nodes.map((node) => [node.position, node]));
        const places = stages.map((stage) => ({ ...stage, ...(found[stage.position] || {}) }));
        const last = stages.length + 1;
        if (found[last]) {
            places.push({ ...found[last], name: _t("Won, outside"), is_won: true });
        }
        if (found[0]) {
            places.push({ ...found[0], name: _t("Outside the process"), outside: true });
        }
        return places.map((place, index) => ({ ...place, index, count: place.count || 0 }));
    }

    get layout() {
        const places = this.places;
        const known = places.filter(({ outside }) => !outside);
        const { arc, step, fan, width, height } = this.size;
        const across = this.props.tall ? width : height;
        const along = this.props.tall ? height : width;
        const spans = (condition) =>
            Math.max(
                0,
                ...this.props.edges
                    .filter(({ from, to }) => from && to && condition(from, to))
                    .map(({ from, to }) => Math.abs(to - from))
            );
        const before =
            MARGIN +
            (spans((from, to) => to > from + 1)
                ? this.bend(spans((from, to) => to > from + 1))
                : 0);
        const backs = spans((from, to) => to < from);
        const after = backs ? this.bend(backs) : 0;
        const outside = places.some((place) => place.outside);
        const centre = before + across / 2;
        const far = centre + across / 2 + after + (outside ? arc + fan + across : 0) + MARGIN;
        const length = MARGIN * 2 + (known.length - 1) * step + along;
        const at = {};
        for (const place of places) {
            at[place.position] = place.outside
                ? { along: length / 2, across: far - across / 2 - MARGIN }
                : { along: MARGIN + along / 2 + place.index * step, across: centre };
        }
        const point = ({ along: x, across: y }) => (this.props.tall ? { x: y, y: x } : { x, y });
        return {
            at,
            point,
            // Where the returns end and the lines to the outside begin to lean.
            level: centre + across / 2 + after,
            width: this.props.tall ? far : length,
            height: this.props.tall ? length : far,
            boxes: places.map((place) => ({
                ...place,
                ...this.describe(place),
                x: point(at[place.position]).x - width / 2,
                y: point(at[place.position]).y - height / 2,
                width,
                height,
            })),
        };
    }

    /** How far an arc over some stages reaches. */
    bend(span) {
        return this.size.arc + (span - 1) * 16;
    }

    get arrows() {
        const { at, point, level } = this.layout;
        const most = Math.max(1, ...this.props.edges.map(({ count }) => count));
        const along = (this.props.tall ? this.size.height : this.size.width) / 2;
        const across = (this.props.tall ? this.size.width : this.size.height) / 2;
        const shown = this.props.path ? new Set(this.pairs(this.props.path)) : null;
        return this.props.edges
            .filter(({ count }) => count > 0)
            .map((edge) => {
                const { from, to } = edge;
                const kind = this.getKind(from, to);
                const next = kind === "on" && to === from + 1;
                const start = { ...at[from] };
                const stop = { ...at[to] };
                let bends;
                let label;
                if (next) {
                    start.along += along;
                    stop.along -= along + 7;
                    bends = [start, stop];
                    label = { along: (start.along + stop.along) / 2, across: start.across - 12 };
                } else if (kind === "outside") {
                    // Straight down between the returns, then fanned out along the box outside.
                    const side = from === 0 ? 6 : -6;
                    const stage = at[from || to];
                    const box = at[0];
                    const top = box.across - across - (to === 0 ? 7 : 0);
                    const middle = (this.props.stages.length + 1) / 2;
                    const fan = ((from || to) - middle) / Math.max(1, this.props.stages.length);
                    const near = { along: stage.along + side, across: stage.across + across };
                    const turn = { along: near.along, across: level };
                    const lean = (top - level) * 0.7;
                    const end = { along: box.along + fan * along * 1.5 + side, across: top };
                    if (from === 0) {
                        near.across += 7;
                    }
                    bends = [
                        near,
                        turn,
                        { along: turn.along, across: level + lean },
                        { along: end.along, across: top - lean },
                        end,
                    ];
                    if (from === 0) {
                        bends.reverse();
                    }
                    label = turn;
                } else {
                    const side = kind === "back" ? 1 : -1;
                    const reach = side * this.bend(Math.abs(to - from));
                    start.across += side * across;
                    stop.across += side * (across + 7);
                    start.along += kind === "back" ? -18 : 18;
                    stop.along += kind === "back" ? 18 : -18;
                    const top = at[from].across + side * across + reach;
                    bends = [
                        start,
                        { along: start.along, across: top },
                        { along: stop.along, across: top },
                        stop,
                    ];
                    // The middle of a cubic curve lies at three quarters of the way to its handles.
                    label = {
                        along: (start.along + stop.along) / 2,
                        across: start.across + (top - start.across) * 0.75 - 2,
                    };
                }
                const points = bends
                    .map(point)
                    .map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
                const width = Math.min(
                    1 + (THICKEST - 1) * Math.sqrt(edge.count / most),
                    kind === "outside" ? 2 : THICKEST
                );
                return {
                    ...edge,
                    kind,
                    key: `${from}-${to}`,
                    d: this.draw(points, from),
                    width: width.toFixed(1),
                    label: point(label),
                    // The stage before says how long it takes; what is outside is told by a touch, and by the table.
                    text: next
                        ? this.number(edge.count)
                        : kind === "outside"
                          ? ""
                          : this.getText(edge),
                    title: this.getTitle(edge, kind),
                    faded: shown ? !shown.has(`${from}-${to}`) : false,
                };
            })
            .sort(
                (one, other) =>
                    (other.kind === "outside") - (one.kind === "outside") || other.count - one.count
            );
    }

    /** A line, a curve, or a curve with a straight line at the end that is in the process. */
    draw(points, from) {
        if (points.length === 2) {
            return `M ${points[0]} L ${points[1]}`;
        }
        if (points.length === 4) {
            return `M ${points[0]} C ${points.slice(1).join(", ")}`;
        }
        return from
            ? `M ${points[0]} L ${points[1]} C ${points.slice(2).join(", ")}`
            : `M ${points[0]} C ${points.slice(1, 4).join(", ")} L ${points[4]}`;
    }

    pairs(path) {
        return path.slice(1).map((node, index) => `${path[index]}-${node}`);
    }

    /** Past flexible stages alone nothing was skipped. */
    getKind(from, to) {
        if (!from || !to) {
            return "outside";
        }
        if (to < from) {
            return "back";
        }
        const between = this.props.stages.slice(from, to - 1);
        return between.some(({ flexible }) => !flexible) ? "skip" : "on";
    }

    getName(position) {
        return this.places.find((place) => place.position === position)?.name || "";
    }

    number(value) {
        return formatFloat(value, { digits: [16, 0] });
    }

    daysText(days) {
        return _t("%s d", formatFloat(days, { digits: [16, 1], trailingZeros: false }));
    }

    getText({ count, days }) {
        return days === null || days === undefined
            ? this.number(count)
            : `${this.number(count)} · ${this.daysText(days)}`;
    }

    getTitle({ from, to, count, days }, kind) {
        const values = {
            from: this.getName(from),
            to: this.getName(to),
            count: this.number(count),
            days: days === null || days === undefined ? "–" : this.daysText(days),
        };
        if (kind === "skip") {
            return _t(
                "%(from)s → %(to)s, past stages: %(count)s times, after %(days)s (median). Show the deals",
                values
            );
        }
        if (kind === "back") {
            return _t(
                "Back from %(from)s to %(to)s: %(count)s times, after %(days)s (median). Show the deals",
                values
            );
        }
        return _t(
            "%(from)s → %(to)s: %(count)s times, after %(days)s (median). Show the deals",
            values
        );
    }

    describe(place) {
        const ends = this.props.ends.filter(({ from }) => from === place.position);
        const of = (outcome) =>
            ends.filter((end) => end.outcome === outcome).reduce((sum, end) => sum + end.count, 0);
        const words = {
            won: _t("won"),
            lost: _t("lost"),
            open: _t("open"),
            archived: _t("archived"),
        };
        const lines = this.wrap(place.name);
        return {
            lines,
            figures: [
                this.number(place.count),
                place.days === null || place.days === undefined ? "" : this.daysText(place.days),
            ]
                .filter(Boolean)
                .join(" · "),
            title: _t("%(stage)s: entered %(count)s times. Show the deals", {
                stage: place.name,
                count: this.number(place.count),
            }),
            ends: ["won", "lost", "open"]
                .map((outcome) => ({
                    outcome,
                    count: of(outcome),
                    text: `${this.number(of(outcome))} ${words[outcome]}`,
                }))
                .filter(({ count }) => count),
        };
    }

    /** A name on two lines at most. */
    wrap(name) {
        const limit = this.props.tall ? 22 : 17;
        // Chinese has no spaces, and is twice as wide.
        const wide = /[\u3000-\u9fff\uff00-\uffef]/.test(name) ? Math.floor(limit / 1.8) : limit;
        if (name.length <= wide) {
            return [name];
        }
        const cut = name.lastIndexOf(" ", wide);
        const first = name.slice(0, cut > 4 ? cut : wide);
        const rest = name.slice(first.length).trim();
        return [first, rest.length > wide ? `${rest.slice(0, wide - 1)}…` : rest];
    }

    open(what) {
        this.props.onOpen(what);
    }

    onKey(ev, what) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.open(what);
        }
    }
}
