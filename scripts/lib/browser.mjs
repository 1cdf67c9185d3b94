// A Chrome or Chromium for tests and screenshots: the one named by CHROMIUM, one that the machine
// has, or else one that comes inside an npm package (Linux). CHROMIUM=bundled asks for the latter.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { at, cache } from "./paths.mjs";
import { run } from "./run.mjs";
import { onceFor } from "./stamp.mjs";

const quiet = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** `{ executablePath, args, env }` as a browser driver's launch options want them. */
export async function browser() {
  const named = process.env.CHROMIUM;
  if (named && named !== "bundled") return { executablePath: named, args: quiet };
  const found = named ? undefined : installed();
  return found ? { executablePath: found, args: quiet } : bundled();
}

function installed() {
  const onPath = (process.env.PATH ?? "")
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...onPath, ...places].find((file) => fs.existsSync(file));
}

async function bundled() {
  if (process.platform !== "linux") {
    throw new Error("The browser tests need Chrome or Chromium: install one, or set CHROMIUM to its path.");
  }
  const folder = at("tools", "browser");
  const unpacked = path.join(cache, "browser");
  const executablePath = path.join(unpacked, "chromium");
  const inputs = [path.join(folder, "package-lock.json")];
  await onceFor("browser", { inputs, outputs: [executablePath] }, async () => {
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
    fs.rmSync(unpacked, { recursive: true, force: true });
    fs.mkdirSync(unpacked, { recursive: true });
    await run("node", ["unpack.mjs"], { cwd: folder, env: { TMPDIR: unpacked } });
  });
  const fonts = path.join(unpacked, "fonts");
  const libraries = path.join(unpacked, "al2023", "lib");
  const missing = (await run("ldd", [executablePath], { quiet: true })).includes("not found");
  const env = { ...process.env, FONTCONFIG_PATH: fonts, ...(missing && { LD_LIBRARY_PATH: libraries }) };
  return { executablePath, args: [...quiet, "--no-zygote"], env };
}
