// What the built page weighs and how soon it is there, measured in the browser that the tests use.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { browser } from "./browser.mjs";
import { buildPage } from "./page.mjs";
import { dist, generated } from "./paths.mjs";
import { scrub, sendVersions } from "./replay-figures.mjs";
import { serve } from "./server.mjs";

const rounds = 9;

export async function measurePage() {
  await buildPage();
  const { chromium } = await import("playwright-core");
  const chrome = await chromium.launch(await browser());
  const site = await serve(dist);
  try {
    return [
      weighCore(),
      await startCore(chrome),
      await sendVersions(chrome),
      ...(await loadHome(chrome, site.url)),
      await scrub(chrome, site.url),
    ];
  } finally {
    await chrome.close();
    await site.close();
  }
}

function weighCore() {
  const bytes = fs.readFileSync(path.join(generated, "wasm", "isolab_wasm_bg.wasm"));
  const floor = { name: "binding alone, measured once", value: 43 };
  const must = { kind: "at_most", value: 130 };
  return { name: "core as WebAssembly, gzipped", unit: "kB", value: kilobytes(bytes), floor, must };
}

/** Compile, instantiate and start, with the bytes at hand. */
async function startCore(chrome) {
  const site = await serve(path.join(generated, "wasm"));
  const page = await chrome.newPage();
  try {
    // Any document of that origin does, the one that says "not found" too.
    await page.goto(`${site.url}empty`);
    const milliseconds = await best(async () => {
      await page.reload();
      return page.evaluate(async () => {
        const { default: init } = await import(new URL("isolab_wasm.js", location.href).href);
        const bytes = await (await fetch("isolab_wasm_bg.wasm")).arrayBuffer();
        const begun = performance.now();
        await init({ module_or_path: bytes });
        return performance.now() - begun;
      });
    });
    const floor = { name: "binding alone, measured once", value: 3 };
    const must = { kind: "at_most", value: 10 };
    return { name: "core ready in the page", unit: "ms", value: milliseconds, floor, must };
  } finally {
    await page.close();
    await site.close();
  }
}

/** What the home page asks for, before it can be read and in all. */
async function loadHome(chrome, url) {
  const visits = [];
  for (let round = 0; round < rounds; round++) visits.push(await visitHome(chrome, url));
  const { asked } = visits[0];
  const size = (names) => names.reduce((total, name) => total + kilobytes(fs.readFileSync(path.join(dist, name))), 0);
  const font = asked.find((name) => name.endsWith(".woff2"));
  const first = asked.filter((name) => /\.(html|css|js)$/.test(name)).concat(font ?? []);
  return [
    {
      name: "home page, until it can be read, gzipped",
      unit: "kB",
      value: size(first),
      must: { kind: "at_most", value: 110 },
    },
    {
      name: "home page, everything, gzipped",
      unit: "kB",
      value: size(asked),
      must: { kind: "at_most", value: 330 },
    },
    {
      name: "home page, ready",
      unit: "ms",
      value: Math.min(...visits.map((visit) => visit.ready)),
      must: { kind: "at_most", value: 1000 },
    },
  ];
}

async function visitHome(chrome, url) {
  const context = await chrome.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const asked = new Set();
  page.on("request", (request) => {
    if (request.url().startsWith(url)) asked.add(request.url().slice(url.length).split(/[?#]/)[0] || "index.html");
  });
  await page.goto(url, { waitUntil: "networkidle" });
  const ready = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource");
    const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
    return Math.max(loaded, ...entries.map((entry) => entry.responseEnd));
  });
  await context.close();
  return { asked: [...asked].sort(), ready };
}

async function best(measure) {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) least = Math.min(least, await measure());
  return least;
}

function kilobytes(bytes) {
  return zlib.gzipSync(bytes, { level: 9 }).length / 1000;
}
