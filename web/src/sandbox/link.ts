// A script in an address: deflated, then base64 in the alphabet of addresses.

export async function encodeScript(script: string): Promise<string> {
  const packed = await through(new TextEncoder().encode(script), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The script of an address; throws where the address was cut or changed. */
export async function decodeScript(code: string): Promise<string> {
  const binary = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const packed = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  const text = await through(packed, new DecompressionStream("deflate-raw"), longest);
  return new TextDecoder("utf-8", { fatal: true }).decode(text);
}

/** A link may not make the page unpack more than this. */
const longest = 32 * 1024 * 1024;

async function through(bytes: Uint8Array, stream: GenericTransformStream, most = Infinity): Promise<Uint8Array> {
  const reader = (
    new Blob([bytes as BlobPart]).stream().pipeThrough(stream as ReadableWritablePair) as ReadableStream<Uint8Array>
  ).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new Error("The script in this address is too long.");
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
