// How tall each lane is. A few keys have room for words; many keys share the height, and the keys
// of the current step stay tall.

export interface LaneBox {
  /** Top of its blocks. */
  y: number;
  /** Height of its blocks. */
  height: number;
  /** Whether labels fit: value above version. */
  tall: boolean;
}

interface Kind {
  pitch: number;
  height: number;
}

const tall: Kind = { pitch: 92, height: 58 };
const tallNarrow: Kind = { pitch: 84, height: 56 };
const low: Kind = { pitch: 28, height: 20 };
const flat: Kind = { pitch: 10, height: 6 };

export function laneBoxes(current: boolean[], top: number, narrow: boolean): { boxes: LaneBox[]; bottom: number } {
  const roomy = narrow ? tallNarrow : tall;
  const many = current.length > 12 ? (current.length > 60 ? flat : low) : roomy;
  let y = top;
  const boxes = current.map((isCurrent) => {
    const kind = isCurrent ? roomy : many;
    const before = (kind.pitch - kind.height) * (kind === tall ? 0.41 : 0.5);
    const box = { y: y + before, height: kind.height, tall: kind === roomy };
    y += kind.pitch;
    return box;
  });
  return { boxes, bottom: y };
}
