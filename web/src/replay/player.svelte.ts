// Where a replay stands and how it moves. The slider, the keys and the transcript all turn this.

export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16];

/** Milliseconds between two messages at speed 1. */
const pace = 1400;

export class Player {
  /** The step shown: 0 is before the first message. */
  step = $state(0);
  playing = $state(false);
  speed = $state(1);
  /** The last move was one step on, so that its change is animated; a jump never is. */
  stepped = $state(false);

  constructor(
    readonly steps: number,
    start = steps > 0 ? 1 : 0,
  ) {
    this.step = this.#within(start);
  }

  go(step: number): void {
    this.stepped = false;
    this.step = this.#within(step);
  }

  on(): void {
    if (this.step >= this.steps) {
      this.playing = false;
      return;
    }
    this.stepped = true;
    this.step += 1;
  }

  back(): void {
    this.stepped = false;
    this.step = this.#within(this.step - 1);
  }

  toggle(): void {
    if (!this.playing && this.step >= this.steps) this.go(0);
    this.playing = !this.playing;
  }

  faster(): void {
    this.speed = speeds[Math.min(speeds.indexOf(this.speed) + 1, speeds.length - 1)] ?? 1;
  }

  slower(): void {
    this.speed = speeds[Math.max(speeds.indexOf(this.speed) - 1, 0)] ?? 1;
  }

  /** The next speed, and the slowest after the fastest: for a button that has only one direction. */
  otherSpeed(): void {
    this.speed = speeds[(speeds.indexOf(this.speed) + 1) % speeds.length] ?? 1;
  }

  get interval(): number {
    return pace / this.speed;
  }

  /** Whether the change of this step is animated: there must be time for it. */
  get moving(): boolean {
    return this.stepped && (!this.playing || this.interval >= 300);
  }

  #within(step: number): number {
    return Math.min(Math.max(Math.round(step), 0), this.steps);
  }
}

/** What a key does to a replay; false where it does nothing. */
export function pressed(player: Player, key: string): boolean {
  const moves: Record<string, () => void> = {
    " ": () => player.toggle(),
    ArrowRight: () => player.on(),
    ArrowLeft: () => player.back(),
    Home: () => player.go(0),
    End: () => player.go(player.steps),
    "[": () => player.slower(),
    "]": () => player.faster(),
  };
  const move = moves[key];
  if (!move) return false;
  if (key !== " " && key !== "[" && key !== "]") player.playing = false;
  move();
  return true;
}
