/** `Buffer`, as far as programs on standard streams use it. */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Bytes that read as text. */
export class Buffer extends Uint8Array<ArrayBuffer> {
  /** From text, an array or bytes. */
  static override from(source: unknown, encoding?: unknown): Buffer {
    if (typeof source === "string") {
      if (encoding === "hex") return wrap(Uint8Array.from(source.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
      if (encoding === "base64") return wrap(Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0)));
      return wrap(encoder.encode(source));
    }
    return wrap(new Uint8Array(source as ArrayLike<number>));
  }

  /** Zeroed bytes. */
  static alloc(length: number): Buffer {
    return new Buffer(new ArrayBuffer(length));
  }

  /** Several as one. */
  static concat(parts: Uint8Array[]): Buffer {
    const whole = Buffer.alloc(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** Bytes that a text takes. */
  static byteLength(text: string): number {
    return encoder.encode(text).length;
  }

  /** Whether a value is one. */
  static isBuffer(value: unknown): value is Buffer {
    return value instanceof Buffer;
  }

  override toString(encoding?: string, start = 0, end = this.length): string {
    const part = this.subarray(start, end);
    if (encoding === "hex") return Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (encoding === "base64") return btoa(String.fromCharCode(...part));
    if (encoding === "latin1" || encoding === "binary") return String.fromCharCode(...part);
    return decoder.decode(part);
  }
}

/** The same bytes as a Buffer. */
export function wrap(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
