// Transactions as brackets from begin to commit, with their reads, their checks and what broke them.
import type { Check, Transaction } from "../../core";
import type { LaneBox } from "../chains/lanes";
import { italic, mono } from "../measure";
import { ordinal } from "../words";

export interface ReadDrawing {
  x: number;
  /** From the block's rail down to the transaction. */
  fromY: number;
  label: string;
}

export interface CheckDrawing {
  check: Check;
  x: number;
  y: number;
  words: string;
}

export interface ArrowDrawing {
  id: string;
  key: string;
  x: number;
  path: string;
  head: string;
  words: string;
  wordsX: number;
  wordsY: number;
}

export interface TransactionDrawing {
  transaction: Transaction;
  y: number;
  bottom: number;
  from: number;
  to: number;
  begins: boolean;
  ends: boolean;
  attempt: string;
  reads: ReadDrawing[];
  checks: CheckDrawing[];
  arrows: ArrowDrawing[];
  /** From the commit up to the blocks: one line, a head at each key that it wrote. */
  writes: { x: number; top: number; heads: number[] } | null;
  refused: { x: number; y: number; end: boolean } | null;
}

export interface Space {
  xOf: (step: number) => number;
  boxOf: Map<string, LaneBox>;
  left: number;
  right: number;
  first: number;
  pitch: number;
  step: number;
  top: number;
}

const refusedWords = "refused, nothing written";

export function layOutTransactions(transactions: Transaction[], space: Space): TransactionDrawing[] {
  const retried = new Set(transactions.flatMap((t) => (t.retry_of === null ? [] : [t.retry_of])));
  let y = space.top;
  return transactions.map((transaction) => {
    const attempt = retried.has(transaction.id) || transaction.attempt > 1 ? ordinal(transaction.attempt) : "";
    const drawn = layOutTransaction(transaction, y, attempt, space);
    y = drawn.bottom + 20;
    return drawn;
  });
}

function layOutTransaction(t: Transaction, y: number, attempt: string, space: Space): TransactionDrawing {
  const { xOf, left, right, first } = space;
  const from = Math.max(xOf(t.begin_step ?? t.commit_step ?? first), left - 6);
  const to = Math.max(xOf(t.commit_step ?? space.step), from + 8);
  const ends = t.commit_step !== null;
  const refused = t.outcome === "refused";
  const words = t.checks.map((check) => `${check.key}: read ${check.read}, now ${check.now}`);
  const listWidth = Math.max(0, ...words.map((line) => mono(line, 12))) + 26;
  const shifted = to + 5 + listWidth > right;
  const listX = shifted ? Math.max(left, right - listWidth) : to + 5;
  // Beside the bracket the list may begin at once; under it, it leaves room for the reads' labels.
  const listY = y + (shifted || !refused ? 38 : 25);
  const checks = t.checks.map((check, i): CheckDrawing => ({ check, x: listX, y: listY + i * 19, words: words[i]! }));
  const failed = checks.filter((drawn) => !drawn.check.equal);
  const boxes = t.outcome === "committed" ? t.writes.flatMap((key) => space.boxOf.get(key) ?? []) : [];
  const heads = boxes.map((box) => box.y + box.height);
  const room = right - to - 26;
  const above = room < italic(refusedWords, 13);
  return {
    transaction: t,
    y,
    from,
    to,
    attempt,
    checks,
    ends,
    bottom: Math.max(y + 44, checks.length > 0 ? listY + (checks.length - 1) * 19 + 24 : 0),
    begins: t.begin_step !== null && t.begin_step >= first,
    reads: layOutReads(t, space),
    arrows: failed.flatMap((drawn, i) => arrowOf(t, drawn, i, y, space)),
    writes: heads.length > 0 && to >= left ? { x: to, top: Math.min(...heads), heads } : null,
    refused: refused ? { x: above ? right : to + 26, y: above ? y - 15 : y + 4, end: above } : null,
  };
}

function layOutReads(t: Transaction, space: Space): ReadDrawing[] {
  const reads = t.reads.filter((read) => read.step >= space.first);
  return reads.map((read, i) => {
    const gap = (other: number | undefined) =>
      other === undefined ? Infinity : Math.abs(other - read.step) * space.pitch;
    const room = Math.min(gap(reads[i - 1]?.step), gap(reads[i + 1]?.step));
    const long = `${read.key} v${read.version}`;
    const label = mono(long, 11.5) + 4 <= room ? long : `v${read.version}`;
    return { x: space.xOf(read.step), fromY: rail(space.boxOf.get(read.key)), label };
  });
}

/** From a failed check up to the key's rail, and along it to the version that broke it. */
function arrowOf(t: Transaction, drawn: CheckDrawing, i: number, y: number, space: Space): ArrowDrawing[] {
  const { check } = drawn;
  if (check.changed_at_step === null || check.changed_at_step < space.first) return [];
  const x = drawn.x + 9 + i * 9;
  const railY = rail(space.boxOf.get(check.key));
  const target = space.xOf(check.changed_at_step) + 5;
  const words = `${check.key}: ${check.read} to ${check.now}`;
  const left = x + 8 + mono(words, 12) > space.right;
  return [
    {
      id: `${t.id}/${check.key}`,
      key: check.key,
      x,
      words,
      path: `M${x} ${drawn.y - 10}V${railY + 10}Q${x} ${railY} ${x - 10} ${railY}H${target + 9}`,
      head: `M${target} ${railY}l10 -5v10Z`,
      wordsX: left ? x - 8 - mono(words, 12) : x + 8,
      wordsY: Math.min((railY + y) / 2 + i * 20, y - 26),
    },
  ];
}

function rail(box: LaneBox | undefined): number {
  if (!box) return 26;
  return box.tall ? box.y + box.height - 12 : box.y + box.height / 2;
}
