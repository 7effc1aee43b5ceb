import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/**
 * A Chart.js chart in the colours of the theme.
 *
 * `getConfig` receives a function that gives the value of a colour of the dashboard: "line", "grid" …
 */
export class DashboardChart extends Component {
    static template = "sales_process_framework.DashboardChart";
    static props = {
        label: String,
        getConfig: Function,
        // Changes when the chart has to be drawn anew.
        version: { type: [String, Number], optional: true },
        height: { type: Number, optional: true },
    };
    static defaultProps = { height: 260 };

    setup() {
        this.canvas = useRef("canvas");
        this.onPrint = () => this.chart?.resize();
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
                return () => this.chart?.destroy();
            },
            () => [this.props.version, this.props.label]
        );
        // Paper is narrower than the screen.
        window.addEventListener("beforeprint", this.onPrint);
        window.addEventListener("afterprint", this.onPrint);
        onWillUnmount(() => {
            window.removeEventListener("beforeprint", this.onPrint);
            window.removeEventListener("afterprint", this.onPrint);
        });
    }

    draw() {
        const style = getComputedStyle(this.canvas.el);
        const color = (name) =>
            style.getPropertyValue(`--o-sales-process-dashboard-${name}`).trim() || "gray";
        const config = this.props.getConfig(color);
        this.chart = new Chart(this.canvas.el, {
            ...config,
            options: {
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                color: color("text"),
                ...config.options,
            },
        });
    }
}
