/**
 * JavaScript in a worker, as `node main.js` would run it behind pipes: the
 * parts of Node that a program on standard streams needs. Everything else is
 * refused by name.
 */
import { Loop } from "./node/loop";
import { nodeModules } from "./node/modules";
import { WRAPPER, loadable } from "./node/syntax";
import { serve } from "./worker";

serve(async (start, wires) => {
  const text = new TextEncoder();
  const program = loadable(start.program as string);
  const url = URL.createObjectURL(new Blob([program.text], { type: "text/javascript" }));
  const crash = (error: unknown): number => {
    const stack =
      error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : `Uncaught ${String(error)}`;
    // Only the program's own lines: ours would be noise.
    const own = stack.split("\n").filter((line) => !line.includes("blob:") || line.includes(url));
    wires.err(text.encode(`${own.join("\n").replaceAll(url, start.name)}\n`));
    return 1;
  };
  const loop = new Loop((code, error) => {
    wires.exit({ code: error === undefined ? code : crash(error) });
  });
  const { require, process, console, Buffer } = nodeModules(start, wires, loop);
  const scope = self as unknown as Record<string, unknown>;
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = loop;
  const module = { exports: {} };
  Object.assign(scope, { process, console, Buffer, global: scope, require });
  Object.assign(scope, {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval,
    clearImmediate,
  });
  const importScripts = (scope.importScripts as (url: string) => void).bind(self);
  // A program sees Node's world, not the worker's.
  for (const name of [
    "postMessage",
    "importScripts",
    "fetch",
    "XMLHttpRequest",
    "WebSocket",
    "Worker",
    "indexedDB",
    "caches",
    "close",
  ]) {
    Object.defineProperty(scope, name, { value: undefined, configurable: true });
  }
  self.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    loop.fail((event as PromiseRejectionEvent).reason);
  });
  self.addEventListener("error", (event) => {
    event.preventDefault();
    loop.fail((event as ErrorEvent).error ?? new Error((event as ErrorEvent).message));
  });
  wires.ready();
  try {
    if (program.kind === "module") await loop.enter(import(/* @vite-ignore */ url));
    else {
      importScripts(url);
      const run = scope[WRAPPER] as (...scope: unknown[]) => void;
      run.call(module.exports, module.exports, require, module, `/${start.name}`, "/");
      await loop.enter(Promise.resolve());
    }
  } catch (error) {
    loop.fail(error);
  }
});
