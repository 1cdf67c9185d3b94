/**
 * Bounds the linear memory of a WebAssembly module by rewriting the maximum
 * that its memory section declares: `memory.grow` then fails inside the
 * program, as an allocation does for a process under a limit.
 */

const PAGE = 65536;
const MEMORY_SECTION = 5;

/** The module with no memory larger than `limit` bytes. Throws for what is not a module. */
export function withMemoryLimit(module: Uint8Array<ArrayBuffer>, limit: number): Uint8Array<ArrayBuffer> {
  if (module.length < 8 || module[0] !== 0 || module[1] !== 0x61 || module[2] !== 0x73 || module[3] !== 0x6d) {
    throw new TypeError("it does not begin with the bytes of a WebAssembly module");
  }
  const most = Math.floor(limit / PAGE);
  let at = 8;
  while (at < module.length) {
    const id = module[at]!;
    const [size, body] = readVarint(module, at + 1);
    if (id === MEMORY_SECTION) {
      const section = boundedSection(module.subarray(body, body + size), most);
      return join(module.subarray(0, at), [id, ...varint(section.length)], section, module.subarray(body + size));
    }
    at = body + size;
  }
  return module;
}

function boundedSection(body: Uint8Array, most: number): number[] {
  const [count, first] = readVarint(body, 0);
  const out = [...varint(count)];
  let at = first;
  for (let i = 0; i < count; i++) {
    const flags = body[at]!;
    if (flags > 3) throw new TypeError("its memory is of a kind that is not supported here");
    const [initial, afterInitial] = readVarint(body, at + 1);
    const [declared, next] = flags & 1 ? readVarint(body, afterInitial) : [most, afterInitial];
    if (initial > most)
      throw new TypeError(`it starts with ${initial * PAGE} bytes of memory, the limit is ${most * PAGE}`);
    out.push(flags | 1, ...varint(initial), ...varint(Math.min(declared, most)));
    at = next;
  }
  return out;
}

function readVarint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw new TypeError("it ends in the middle of a section");
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
  throw new TypeError("it holds a number that is too long");
}

function varint(value: number): number[] {
  const out: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    out.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return out;
}

function join(...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
