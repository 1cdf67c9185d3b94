// The page's content policy, as a meta element because a static host sends no headers of ours.
import type { Plugin } from "vite";
import { frameHashes } from "./inline-script.ts";

const policy = () => [
  "default-src 'none'",
  // The core is WebAssembly; nothing is evaluated from strings. The frame that holds learners'
  // programs inherits this policy: its own script by its hash, programs as blobs.
  ["script-src 'self' 'wasm-unsafe-eval' blob:", ...frameHashes].join(" "),
  // Style sheets are files; positions computed by the page are style attributes.
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

export function contentPolicy(): Plugin {
  return {
    name: "isolab:content-policy",
    // The development server injects inline scripts and styles.
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy().join("; ") },
        injectTo: "head-prepend",
      },
    ],
  };
}
