/** A small curve. What is not known is a gap in it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { memo } from "./memo.ts";
import { soon } from "./soon.ts";
import "./sparkline.css";

interface SparklineProps {
  name: string;
  values: readonly (number | null)[];
  /** In words. */
  says: string;
}

const height = 36;

export const Sparkline = memo<SparklineProps>((props) => <Figure {...props} />);

function Figure({ name, values, says }: SparklineProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(values);
  latest.current = values;
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    let unfollow: (() => void) | undefined;
    const forget = soon(() => {
      plot.current = new UPlot(options(element), data(latest.current), element);
      unfollow = follow(element, () => plot.current);
    });
    return () => {
      forget();
      unfollow?.();
      plot.current?.destroy();
    };
  }, []);
  useLayoutEffect(() => plot.current?.setData(data(values)), [values]);
  return (
    <figure class="chart">
      <figcaption>
        <b>{name}</b> {says}
      </figcaption>
      <div ref={place} class="curve" aria-hidden="true" />
    </figure>
  );
}

const data = (values: readonly (number | null)[]): UPlot.AlignedData => [values.map((_, index) => index), [...values]];

function options(element: HTMLElement): UPlot.Options {
  return {
    width: Math.max(element.clientWidth, 40),
    height,
    padding: [3, 2, 3, 2],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false }, y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.05 : 1] } },
    series: [
      {},
      {
        // Asked for at each drawing: a theme may be chosen at any time.
        stroke: () => colour(element, "--chart-line"),
        fill: () => colour(element, "--chart-fill"),
        width: 1.5,
        // What stands alone has no line to be seen by.
        points: {
          show: ({ data }) => isSparse(data),
          size: 4,
          fill: () => colour(element, "--chart-line"),
        },
      },
    ],
  };
}

const isSparse = ([, values]: UPlot.AlignedData): boolean =>
  Array.from(values ?? []).filter((it) => it !== null && it !== undefined).length < 4;

const colour = (element: HTMLElement, variable: string): string => getComputedStyle(element).getPropertyValue(variable) || "transparent";

/** Draws anew when the place or the theme is another one. */
function follow(element: HTMLElement, plot: () => UPlot | undefined): () => void {
  const sizes = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 0 && width !== plot()?.width) plot()?.setSize({ width, height });
  });
  sizes.observe(element);
  const themes = new MutationObserver(() => plot()?.redraw());
  themes.observe(document.body, { attributeFilter: ["class"] });
  return () => {
    sizes.disconnect();
    themes.disconnect();
  };
}
