// Light or dark: what the system asks for, until the person chooses.

type Theme = "light" | "dark";
const place = "isolab.theme";

function preferred(): Theme {
  const kept = localStorage.getItem(place);
  if (kept === "light" || kept === "dark") return kept;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

class Appearance {
  theme = $state<Theme>(preferred());

  constructor() {
    this.#show();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.theme = preferred();
      this.#show();
    });
  }

  toggle(): void {
    this.theme = this.theme === "dark" ? "light" : "dark";
    localStorage.setItem(place, this.theme);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.theme;
  }
}

export const appearance = new Appearance();
