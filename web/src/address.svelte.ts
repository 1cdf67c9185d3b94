// The address bar as state.
import { formatRoute, parseRoute, type Route } from "./route";

class Address {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener("hashchange", () => {
      this.route = parseRoute(location.hash);
    });
  }

  /** Keep the address up to date without a new entry in the history, and without leaving the view. */
  replace(route: Route): void {
    history.replaceState(history.state, "", formatRoute(route));
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }
}

export const address = new Address();
