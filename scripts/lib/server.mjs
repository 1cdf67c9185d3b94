// A small static server for the built page, on this machine only.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".zip": "application/zip",
};

/** What lets the page share memory between its workers. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Serve `folder` below `base`. `headers: {}` makes it a plain host that knows nothing of isolation,
 * and port 0 takes any free port.
 */
export function serve(folder, { port = 0, base = "/", headers = isolation } = {}) {
  const server = http.createServer((request, response) => {
    const asked = decoded(request.url);
    const file = asked?.startsWith(base) ? find(folder, asked.slice(base.length)) : undefined;
    if (!file) {
      response.writeHead(404, { "Content-Type": types[".txt"], ...headers }).end("not found\n");
      return;
    }
    const type = types[path.extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-cache", ...headers });
    fs.createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.on("error", (error) => {
      const taken = error.code === "EADDRINUSE";
      reject(taken ? new Error(`Port ${port} is in use: set PORT to another one.`) : error);
    });
    server.listen(port, "127.0.0.1", () => {
      const close = () => {
        server.closeAllConnections();
        return new Promise((closed) => server.close(closed));
      };
      resolve({ url: `http://localhost:${server.address().port}${base}`, close });
    });
  });
}

function decoded(url) {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
}

/** The file that a path names; undefined where it leaves the folder or names nothing. */
function find(folder, asked) {
  const file = path.resolve(folder, `./${asked}`);
  if (file !== folder && !file.startsWith(folder + path.sep)) return undefined;
  const index = path.join(file, "index.html");
  const candidate = fs.existsSync(index) ? index : file;
  return fs.existsSync(candidate) && fs.statSync(candidate).isFile() ? candidate : undefined;
}
