// The service worker: the page works without a network after the first visit, and on a host
// that sends no isolation headers it supplies them, which takes one reload.

const reloadedFor = "isolab.reloaded-for-isolation";

export async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("./sw.js", { scope: "./" });
    await navigator.serviceWorker.ready;
  } catch (error) {
    console.warn("Isolab will not work offline:", error);
    return;
  }
  navigator.serviceWorker.controller?.postMessage("keep-the-rest");
  if (crossOriginIsolated) return;
  if (sessionStorage.getItem(reloadedFor)) return;
  sessionStorage.setItem(reloadedFor, "1");
  if (!navigator.serviceWorker.controller) await controlled();
  location.reload();
}

function controlled(): Promise<void> {
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
  });
}
