/** `EventEmitter`, as far as programs on standard streams use it. */

type Listener = (...args: never[]) => unknown;

/** Calls listeners in the order in which they were added. */
export class EventEmitter {
  #listeners = new Map<string | symbol, { call: Listener; once: boolean }[]>();
  /** Told of every new listener: a stream begins to flow when it is listened to. */
  protected added(_event: string | symbol): void {}

  on(event: string | symbol, call: Listener): this {
    return this.#add(event, call, false);
  }
  addListener(event: string | symbol, call: Listener): this {
    return this.#add(event, call, false);
  }
  once(event: string | symbol, call: Listener): this {
    return this.#add(event, call, true);
  }
  off(event: string | symbol, call: Listener): this {
    const left = (this.#listeners.get(event) ?? []).filter((listener) => listener.call !== call);
    this.#listeners.set(event, left);
    return this;
  }
  removeListener(event: string | symbol, call: Listener): this {
    return this.off(event, call);
  }
  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.#listeners.clear();
    else this.#listeners.delete(event);
    return this;
  }
  setMaxListeners(): this {
    return this;
  }
  listenerCount(event: string | symbol): number {
    return this.#listeners.get(event)?.length ?? 0;
  }
  emit(event: string | symbol, ...args: unknown[]): boolean {
    const listeners = [...(this.#listeners.get(event) ?? [])];
    if (listeners.length === 0 && event === "error") throw args[0];
    for (const listener of listeners) {
      if (listener.once) this.off(event, listener.call);
      listener.call.apply(this, args as never[]);
    }
    return listeners.length > 0;
  }

  #add(event: string | symbol, call: Listener, once: boolean): this {
    const listeners = this.#listeners.get(event) ?? [];
    listeners.push({ call, once });
    this.#listeners.set(event, listeners);
    this.added(event);
    return this;
  }
}
