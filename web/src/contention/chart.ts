// One quantity against the share of hot keys, as a line in a small frame.

export interface Chart {
  width: number;
  height: number;
  path: string;
  dots: { x: number; y: number; label: string }[];
  yTicks: { y: number; label: string }[];
  xTicks: { x: number; label: string }[];
}

const left = 52;
const right = 12;
const top = 12;
const bottom = 24;

export function chart(points: { share: number; value: number }[], unit: string, width: number, height: number): Chart {
  const most = ceiling(Math.max(1, ...points.map((point) => point.value)));
  const x = (share: number) => left + (share / 100) * (width - left - right);
  const y = (value: number) => top + (1 - value / most) * (height - top - bottom);
  const dots = points.map(({ share, value }) => ({
    x: x(share),
    y: y(value),
    label: `${share} % hot: ${value}${unit}`,
  }));
  return {
    width,
    height,
    dots,
    path: dots.map((dot, i) => `${i === 0 ? "M" : "L"}${round(dot.x)} ${round(dot.y)}`).join(""),
    yTicks: [0, most / 2, most].map((value) => ({ y: y(value), label: `${value}${unit}` })),
    xTicks: [0, 25, 50, 75, 100].map((share) => ({ x: x(share), label: `${share} %` })),
  };
}

/** The next round number: 1, 2 or 5 times a power of ten. */
export function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((k) => k * power).find((candidate) => candidate >= value) ?? value;
}

const round = (n: number) => Math.round(n * 10) / 10;
