// Multi-record transactions as a drawing: the commit on one line, the records with both of their
// versions, the two hash maps, and the monitor record.
import type { ChainCell, CommitStep, HashMapView, MonitorView, MrtView, RecordRow, RecordVersion } from "../../core";
import { italic, mono, shorten } from "../measure";
import type { Thing } from "../thing";

export interface StepDrawing {
  step: CommitStep;
  x: number;
  lines: { text: string; bad: boolean }[];
}

export interface VersionDrawing {
  version: RecordVersion;
  x: number;
  width: number;
  value: string;
  note: string;
}

export interface RecordDrawing {
  record: RecordRow;
  y: number;
  key: string;
  committed: VersionDrawing | null;
  provisional: VersionDrawing | null;
  lockNote: string;
}

export interface CellDrawing {
  cell: ChainCell;
  x: number;
  y: number;
  key: string;
}

export interface MapDrawing {
  map: HashMapView;
  x: number;
  y: number;
  width: number;
  /** The strip of all rows: where each used one stands. */
  used: { x: number; label: string; labelled: boolean }[];
  slot: number;
  rows: { y: number; row: number; cells: CellDrawing[]; hidden: number }[];
}

export interface MrtDrawing {
  height: number;
  width: number;
  narrow: boolean;
  chips: { text: string; x: number; shown: boolean }[];
  lineY: number;
  steps: StepDrawing[];
  recordsY: number;
  columns: { committed: number; provisional: number; lock: number };
  records: RecordDrawing[];
  mapsY: number;
  maps: MapDrawing[];
  monitorY: number;
  monitor: { view: MonitorView; x: number; width: number; lines: { name: string; text: string }[] } | null;
  things: Thing[];
}

export const recordPitch = 58;
export const blockHeight = 46;
export const cellWidth = 112;
export const monitorLine = 20;

export function layOutMrt(view: MrtView, width: number): MrtDrawing {
  const narrow = width < 520;
  let y = 14;
  const chips = chipsOf(view, width);
  if (chips.length > 0) y += 12;
  const lineY = y + 52;
  const steps = view.commit ? stepsOf(view.commit.steps, width) : [];
  const below = Math.max(0, ...steps.map((step) => step.lines.length));
  const recordsY = view.commit ? lineY + 60 + below * 15 : y + 24;
  const columns = narrow
    ? { committed: 40, provisional: 40 + (width - 40) * 0.44, lock: 40 + (width - 40) * 0.86 }
    : { committed: 92, provisional: 318, lock: 544 };
  const records = view.records.map((record, i) => recordOf(record, recordsY + 12 + i * recordPitch, columns, width));
  const mapsY = recordsY + 12 + view.records.length * recordPitch + 36;
  const maps = mapsOf(view.maps, mapsY, width, narrow);
  const mapsEnd = maps.length === 0 ? mapsY - 36 : Math.max(...maps.map(bottomOf));
  const monitorY = mapsEnd + 34;
  const monitor = view.monitor ? monitorOf(view.monitor, narrow ? 0 : 130, width) : null;
  const height = monitor ? monitorY + 14 + monitor.lines.length * monitorLine + 14 : mapsEnd + 10;
  const drawing = {
    height,
    width,
    narrow,
    chips,
    lineY,
    steps,
    recordsY,
    columns,
    records,
    mapsY,
    maps,
    monitorY,
    monitor,
  };
  return { ...drawing, things: thingsOf(drawing) };
}

function chipsOf(view: MrtView, width: number): MrtDrawing["chips"] {
  let x = 0;
  return view.transactions.flatMap((chip) => {
    const text = `${chip.id} ${chip.state.toLowerCase()}`;
    const at = x;
    x += mono(text, 12) + 20;
    return x > width ? [] : [{ text, x: at, shown: chip.shown }];
  });
}

function stepsOf(steps: CommitStep[], width: number): StepDrawing[] {
  const pitch = (width - 24) / Math.max(1, steps.length);
  return steps.map((step, i) => {
    const lines = [
      ...step.done.map((text) => ({ text, bad: false })),
      ...step.failed.map((text) => ({ text, bad: true })),
      ...(step.status === "not_reached" ? [{ text: "not reached", bad: false }] : []),
    ];
    const fitting = lines.map((line) => ({ ...line, text: clip(line.text, 11.5, pitch - 12) })).slice(0, 4);
    return { step, x: 12 + i * pitch, lines: pitch < 100 ? [] : fitting };
  });
}

const clip = (text: string, size: number, room: number) =>
  mono(text, size) <= room ? text : `${text.slice(0, Math.max(1, Math.floor(room / (size * 0.6)) - 1))}…`;

function recordOf(record: RecordRow, y: number, columns: MrtDrawing["columns"], width: number): RecordDrawing {
  const committedWidth = Math.min(208, columns.provisional - columns.committed - 12);
  const provisionalWidth = Math.min(192, columns.lock - columns.provisional - 12);
  const lockRoom = width - columns.lock - 24 - mono(record.lock?.txn ?? "", 12) - 10;
  const note = record.lock?.note ?? "";
  return {
    record,
    y,
    key: clip(record.key, 14, columns.committed - 6),
    committed: record.committed && versionOf(record.committed, columns.committed, committedWidth),
    provisional: record.provisional && versionOf(record.provisional, columns.provisional, provisionalWidth),
    lockNote: italic(note, 13) <= lockRoom ? note : "",
  };
}

function versionOf(version: RecordVersion, x: number, width: number): VersionDrawing {
  const value = version.tombstone ? "deleted" : clip(version.bins.join(", "), 14, width - 18);
  const rest = width - mono(value, 14) - 34;
  return { version, x, width, value, note: italic(version.note, 13) <= rest ? version.note : "" };
}

function mapsOf(maps: HashMapView[], top: number, width: number, narrow: boolean): MapDrawing[] {
  const room = narrow ? width : (width - 42) / 2;
  let y = top;
  return maps.map((map, i) => {
    const x = narrow ? 0 : i * (room + 42);
    const drawn = mapOf(map, x, narrow ? y : top, room);
    y = bottomOf(drawn) + 40;
    return drawn;
  });
}

function mapOf(map: HashMapView, x: number, y: number, width: number): MapDrawing {
  const slot = (width - 4) / Math.max(1, map.n_rows);
  let last = -Infinity;
  const used = map.rows.map((row) => {
    const at = x + row.row * slot;
    const labelled = at - last > 22;
    if (labelled) last = at;
    return { x: at, label: String(row.row), labelled };
  });
  const fit = Math.max(1, Math.floor((width - 50) / (cellWidth + 18)));
  const rows = map.rows.map((row, i) => ({
    y: y + 54 + i * 54,
    row: row.row,
    hidden: Math.max(0, row.chain.length - fit),
    cells: row.chain.slice(0, fit).map((cell, k) => ({
      cell,
      x: x + 50 + k * (cellWidth + 18),
      y: y + 54 + i * 54,
      key: shorten(cell.key, 14, 52) ?? "…",
    })),
  }));
  return { map, x, y, width, used, slot, rows };
}

const bottomOf = (map: MapDrawing): number => map.y + 54 + map.rows.length * 54;

function monitorOf(view: MonitorView, x: number, width: number) {
  const more = view.keyds_total > view.keyds.length ? ` and ${view.keyds_total - view.keyds.length} more` : "";
  const room = width - x - 100;
  const lines = view.exists
    ? [
        { name: "key", text: view.key },
        { name: "keyds", text: `${view.keyds.join(" ")}${more}` },
        { name: "fwd", text: String(view.fwd) },
        { name: "deadline", text: String(view.deadline) },
        ...(view.aborted ? [{ name: "aborted", text: "true" }] : []),
      ]
    : [{ name: "", text: "there is none" }];
  return { view, x, width: width - x, lines: lines.map((line) => ({ ...line, text: clip(line.text, 12, room) })) };
}

const statusWords: Record<CommitStep["status"], string> = {
  done: "done",
  failed: "failed",
  in_doubt: "in doubt",
  skipped: "nothing to do",
  not_reached: "not reached",
};

function thingsOf(drawing: Omit<MrtDrawing, "things">): Thing[] {
  const steps = drawing.steps.map(({ step, x }): Thing => ({
    id: step.id,
    row: 0,
    x: x - 12,
    y: drawing.lineY - 12,
    width: 24,
    height: 24,
    label: `${step.name}: ${statusWords[step.status]}`,
    because: [...step.done, ...step.failed].join("; "),
  }));
  const records = drawing.records.flatMap((drawn, i) => recordThings(drawn, 1 + i, drawing));
  const base = 1 + drawing.records.length;
  const cells = drawing.maps.flatMap((map, m) =>
    map.rows.flatMap((row, r) =>
      row.cells.map((drawn): Thing => ({
        id: drawn.cell.id,
        row: base + m * 100 + r,
        x: drawn.x,
        y: drawn.y,
        width: cellWidth,
        height: 40,
        label: `${map.map.name}, row ${row.row}: ${drawn.cell.key}, ${drawn.cell.note}`,
      })),
    ),
  );
  const monitor = drawing.monitor;
  const last: Thing[] = monitor
    ? [
        {
          id: monitor.view.id,
          row: base + 1000,
          x: monitor.x,
          y: drawing.monitorY,
          width: monitor.width,
          height: monitor.lines.length * monitorLine + 12,
          label: `Monitor record of ${monitor.view.txn}: ${monitor.view.exists ? `fwd ${monitor.view.fwd}, keys ${monitor.view.keys}` : "there is none"}`,
          because: monitor.view.note,
        },
      ]
    : [];
  return [...steps, ...records, ...cells, ...last];
}

function recordThings(drawn: RecordDrawing, row: number, drawing: Omit<MrtDrawing, "things">): Thing[] {
  const { record, y } = drawn;
  const whole: Thing = {
    id: record.id,
    row,
    x: 0,
    y,
    width: drawing.columns.committed - 8,
    height: blockHeight,
    label: `Record ${record.key}${record.lock ? `, locked by ${record.lock.txn}` : ", free"}`,
    because: record.reads_now.map((read) => `${read.party}: ${read.answer}`).join("; "),
  };
  const versions = [
    ["committed", drawn.committed],
    ["provisional", drawn.provisional],
  ] as const;
  return [
    whole,
    ...versions.flatMap(([name, version]): Thing[] =>
      version
        ? [
            {
              id: version.version.id,
              row,
              x: version.x,
              y,
              width: version.width,
              height: blockHeight,
              label: `${record.key} ${name}: ${version.value}, generation ${version.version.generation}${version.version.note ? `, ${version.version.note}` : ""}`,
            },
          ]
        : [],
    ),
  ];
}
