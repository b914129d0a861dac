// Small words for drawing: shapes as SVG text, and curves that never repeat.

import { between, type Random } from './random.ts';

export type Point = readonly [x: number, y: number];

/** A whole drawing. */
export function drawing(width: number, height: number, ...parts: readonly (string | readonly string[])[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${parts.flat().join('')}</svg>`;
}

export function rect(x: number, y: number, width: number, height: number, paint: string): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" ${paint}/>`;
}

export function circle([x, y]: Point, radius: number, paint: string): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" ${paint}/>`;
}

export function polygon(points: readonly Point[], paint: string): string {
  return `<polygon points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" ${paint}/>`;
}

export function polyline(points: readonly Point[], paint: string): string {
  return `<polyline points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" fill="none" ${paint}/>`;
}

export function path(commands: string, paint: string): string {
  return `<path d="${commands}" ${paint}/>`;
}

export function fill(colour: string, opacity = 1): string {
  return opacity === 1 ? `fill="${colour}"` : `fill="${colour}" fill-opacity="${n(opacity)}"`;
}

export function stroke(colour: string, width: number, opacity = 1): string {
  return `stroke="${colour}" stroke-width="${n(width)}" stroke-opacity="${n(opacity)}" stroke-linecap="round" stroke-linejoin="round"`;
}

/** Horizontal stripes from one colour to another between two heights. */
export function bands(size: { width: number; top: number; bottom: number }, colours: readonly string[]): string[] {
  const step = (size.bottom - size.top) / colours.length;
  return colours.map((colour, i) => rect(0, size.top + i * step, size.width, step + 1, fill(colour)));
}

/** `count` colours from one to another, `#rrggbb` each. */
export function ramp(from: string, to: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => mix(from, to, count === 1 ? 0 : i / (count - 1)));
}

export function mix(from: string, to: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const low = Number.parseInt(from.slice(at, at + 2), 16);
    const high = Number.parseInt(to.slice(at, at + 2), 16);
    return Math.round(low + (high - low) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

/** A smooth curve between about -1 and 1 over x counted in wavelengths: a sum of sines with chance phases. */
export function wave(random: Random, octaves = 5): (x: number) => number {
  const parts = Array.from({ length: octaves }, (_, i) => ({
    frequency: 2 ** i * between(random, 0.85, 1.15),
    phase: between(random, 0, 2 * Math.PI),
    height: 0.55 / 1.8 ** i,
  }));
  return (x) =>
    parts.reduce((sum, { frequency, phase, height }) => sum + height * Math.sin(2 * Math.PI * frequency * x + phase), 0);
}

/** The land under a curve, down to the drawing's foot. */
export function hills(curve: (x: number) => number, size: { width: number; height: number }, paint: string): string {
  const points: Point[] = [];
  for (let x = 0; x <= size.width; x += 8) points.push([x, curve(x)]);
  return polygon([...points, [size.width, size.height], [0, size.height]], paint);
}

/** A soft light: put `glowStyle` into the drawing once for each colour. */
export function glowStyle(id: string, colour: string): string {
  const stops = [`0" stop-color="${colour}" stop-opacity="0.9`, `0.25" stop-color="${colour}" stop-opacity="0.35`];
  const inner = [...stops, `1" stop-color="${colour}" stop-opacity="0`].map((stop) => `<stop offset="${stop}"/>`);
  return `<radialGradient id="${id}">${inner.join('')}</radialGradient>`;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
