import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { contentPolicy } from "./build/content-policy.ts";
import { inlineScript } from "./build/inline-script.ts";
import { licences } from "./build/licences.ts";
import { runtimeFiles } from "./build/runtime-files.ts";
import { serviceWorker } from "./build/service-worker.ts";

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the site works below any path.
  base: "./",
  plugins: [inlineScript(), svelte(), contentPolicy(), runtimeFiles(), licences(), serviceWorker()],
  // Fonts stay files: the content policy allows no data: fonts.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: { include: ["{src,build}/**/*.test.ts"] },
});
