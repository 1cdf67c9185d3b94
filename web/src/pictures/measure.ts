// How wide words are in a picture. SVG text cannot wrap, so a layout measures before it places.

/** IBM Plex Mono: every character is 0.6 em wide. */
export const mono = (text: string, size: number): number => [...text].length * size * 0.6;

/** Source Serif 4 italic, on average; rounded up, so that a word never runs under a line. */
export const italic = (text: string, size: number): number => [...text].length * size * 0.46;

/**
 * A value shortened to a width: a text keeps its beginning, a number is shown whole or not at all.
 */
export function shorten(value: string, size: number, room: number): string | null {
  if (mono(value, size) <= room) return value;
  const letters = Math.floor(room / (size * 0.6)) - 1;
  const isNumber = /^-?\d/.test(value);
  return isNumber || letters < 4 ? null : `${[...value].slice(0, letters).join("")}…`;
}
