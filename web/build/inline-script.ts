import { createHash } from "node:crypto";
import { build, type Plugin } from "vite";

/** Sources for the content policy: the scripts that stand inline in a frame. */
export const frameHashes = new Set<string>();

/**
 * `import text from "./x.script?script"`: a TypeScript entry bundled into one
 * classic script, as text. What runs in the sandboxed frame is handed over as
 * text, because the frame can load nothing by itself.
 */
export function inlineScript(): Plugin {
  return {
    name: "isolab-inline-script",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith("?script")) return null;
      const found = await this.resolve(source.slice(0, -"?script".length), importer);
      return found && `${found.id}?script`;
    },
    async load(id) {
      if (!id.endsWith("?script")) return null;
      const entry = id.slice(0, -"?script".length);
      const built = await build({
        configFile: false,
        logLevel: "silent",
        build: {
          write: false,
          target: "es2022",
          minify: true,
          lib: { entry, formats: ["iife"], name: "isolabScript", fileName: "script" },
        },
      });
      const output = (Array.isArray(built) ? built[0] : built) as {
        output: { code: string; moduleIds: string[] }[];
      };
      for (const id of output.output[0]!.moduleIds) this.addWatchFile(id);
      // A closing tag inside a string would end the frame's inline script.
      const code = output.output[0]!.code.replaceAll("</script", "<\\/script");
      if (entry.endsWith("/frame.script.ts")) {
        frameHashes.add(`'sha256-${createHash("sha256").update(code).digest("base64")}'`);
      }
      return `export default ${JSON.stringify(code)};`;
    },
  };
}
