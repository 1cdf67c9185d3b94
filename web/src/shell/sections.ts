// The parts of the page, in the order of the header. A part that is added is one line here.
import type { Route } from "../route";

export interface Section {
  name: string;
  href: string;
  pages: Route["page"][];
}

export const sections: Section[] = [
  { name: "Course", href: "#/", pages: ["home", "exercise", "replay", "contention", "playground"] },
  { name: "Sandbox", href: "#/sandbox", pages: ["sandbox"] },
  { name: "Open a run", href: "#/open", pages: ["open"] },
];
