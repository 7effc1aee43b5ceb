import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatValue } from "./dashboard_format";

const WIDTH = 120;
const HEIGHT = 32;
const PAD = 3;

/** The last periods of an indicator as a line; periods without data are gaps. */
export class Sparkline extends Component {
    static template = "sales_process_framework.Sparkline";
    static props = {
        points: Array,
        unit: String,
        currencyId: { type: [Number, Boolean], optional: true },
    };

    get viewBox() {
        return `0 0 ${WIDTH} ${HEIGHT}`;
    }

    get places() {
        const { points } = this.props;
        const values = points.map(({ value }) => value).filter((value) => value !== null);
        const low = Math.min(...values);
        const span = Math.max(...values) - low;
        const step = (WIDTH - 2 * PAD) / Math.max(points.length - 1, 1);
        return points.map(({ value }, index) =>
            value === null
                ? null
                : {
                      x: PAD + index * step,
                      y: span
                          ? HEIGHT - PAD - ((value - low) / span) * (HEIGHT - 2 * PAD)
                          : HEIGHT / 2,
                  }
        );
    }

    get path() {
        let pen = "M";
        const parts = [];
        for (const place of this.places) {
            if (place) {
                parts.push(`${pen}${place.x.toFixed(1)} ${place.y.toFixed(1)}`);
                pen = "L";
            } else {
                pen = "M";
            }
        }
        return parts.join(" ");
    }

    /** The last point, and points between two gaps, which no line shows. */
    get dots() {
        const { places } = this;
        const last = places.length - 1;
        return places.filter(
            (place, i) => place && (i === last || (!places[i - 1] && !places[i + 1]))
        );
    }

    get label() {
        const { points, unit, currencyId } = this.props;
        const known = points.filter(({ value }) => value !== null);
        if (!known.length) {
            return _t("No values yet");
        }
        return _t("From %(from)s (%(first)s) to %(to)s (%(last)s)", {
            from: known[0].label,
            first: formatValue(known[0].value, unit, currencyId),
            to: known.at(-1).label,
            last: formatValue(known.at(-1).value, unit, currencyId),
        });
    }
}
