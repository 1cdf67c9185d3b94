// Light and dark, and zoom: everything else is on the page already.
const root = document.documentElement;
document.querySelector("[data-theme-switch]").addEventListener("click", () => {
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
for (const figure of document.querySelectorAll("figure")) {
  const svg = figure.querySelector("svg");
  if (!svg) continue;
  const width = Number(svg.getAttribute("width"));
  const height = Number(svg.getAttribute("height"));
  let zoom = 1;
  const set = (to) => {
    zoom = Math.min(8, Math.max(0.25, to));
    svg.setAttribute("width", width * zoom);
    svg.setAttribute("height", height * zoom);
  };
  for (const button of figure.querySelectorAll("button[data-zoom]")) {
    const by = Number(button.dataset.zoom);
    button.addEventListener("click", () => set(by === 0 ? 1 : zoom * by));
  }
  figure.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    set(zoom * (event.deltaY < 0 ? 1.15 : 1 / 1.15));
  }, { passive: false });
}
