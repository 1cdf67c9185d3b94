// Addresses live in the fragment, so that the page works below any path and no host needs rules.

export type Route =
  | { page: "home" }
  | { page: "exercise"; exercise: string }
  | { page: "replay"; exercise: string; case: string; step: number | null }
  | { page: "sandbox"; script: string | null; step: number | null }
  | { page: "playground"; exercise: string; program: string | null }
  | { page: "open" }
  | { page: "contention" }
  | { page: "unknown"; address: string };

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decode);
  const params = new URLSearchParams(query);
  const [page, first, second] = parts;
  if (page === undefined) return { page: "home" };
  if (page === "exercise" && first) return { page: "exercise", exercise: first };
  if (page === "replay" && first && second) {
    return { page: "replay", exercise: first, case: second, step: integer(params.get("step")) };
  }
  if (page === "sandbox") return { page: "sandbox", script: params.get("s"), step: integer(params.get("step")) };
  if (page === "playground" && first) return { page: "playground", exercise: first, program: params.get("p") };
  if (page === "open") return { page: "open" };
  if (page === "contention") return { page: "contention" };
  return { page: "unknown", address: hash };
}

export function formatRoute(route: Route): string {
  const step = (n: number | null) => (n === null ? "" : `step=${n}`);
  switch (route.page) {
    case "home":
      return "#/";
    case "exercise":
      return `#/exercise/${encodeURIComponent(route.exercise)}`;
    case "replay":
      return withQuery(`#/replay/${encodeURIComponent(route.exercise)}/${encodeURIComponent(route.case)}`, [
        step(route.step),
      ]);
    case "sandbox":
      return withQuery("#/sandbox", [step(route.step), route.script ? `s=${route.script}` : ""]);
    case "playground":
      return withQuery(`#/playground/${encodeURIComponent(route.exercise)}`, [
        route.program ? `p=${route.program}` : "",
      ]);
    case "open":
      return "#/open";
    case "contention":
      return "#/contention";
    case "unknown":
      return route.address;
  }
}

function withQuery(path: string, parts: string[]): string {
  const query = parts.filter(Boolean).join("&");
  return query ? `${path}?${query}` : path;
}

function integer(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
