// Cuts the page's five fonts to the characters that it uses, with their licences beside them.
// Run it with `npm run fonts`; the result is committed.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import subset from "subset-font";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, "../../web/src/fonts");
const from = (...parts) => path.join(here, "node_modules", ...parts);
const serif = (name) => from("@fontsource/source-serif-4/files", `source-serif-4-latin-${name}.woff2`);
const mono = (name) => from("@ibm/plex-mono/fonts/complete/woff2", `IBMPlexMono-${name}.woff2`);

const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join("");
const ascii = range(0x20, 0x7e) + "\u00a0";
const punctuation = "–—‘’“”…·×−§•";
const latin1 = range(0xa1, 0xff);
const signs = "←↑→↓↔⇒≤≥≠≈∞";

const faces = [
  ["source-serif-4-400", serif("400-normal"), ascii + punctuation + latin1],
  ["source-serif-4-400-italic", serif("400-italic"), ascii + punctuation],
  ["source-serif-4-600", serif("600-normal"), ascii + punctuation],
  ["plex-mono-400", mono("Regular"), ascii + punctuation + latin1 + signs],
  ["plex-mono-600", mono("SemiBold"), ascii + punctuation + signs],
];

fs.mkdirSync(out, { recursive: true });
let total = 0;
for (const [name, file, characters] of faces) {
  const bytes = await subset(fs.readFileSync(file), characters, { targetFormat: "woff2" });
  fs.writeFileSync(path.join(out, `${name}.woff2`), bytes);
  total += bytes.length;
  console.log(`${name}.woff2  ${(bytes.length / 1000).toFixed(1)} kB`);
}
console.log(`together ${(total / 1000).toFixed(1)} kB`);

fs.copyFileSync(from("@fontsource/source-serif-4/LICENSE"), path.join(out, "source-serif-4-LICENSE.txt"));
fs.copyFileSync(from("@ibm/plex-mono/LICENSE.txt"), path.join(out, "plex-mono-LICENSE.txt"));
