// When a server that ended by itself is started again; knows nothing of VS Code.

const MOST = 4; // restarts
const WITHIN = 3 * 60_000; // milliseconds

/** Counts the times that a server ended by itself. */
export class Crashes {
  private times: number[] = [];

  /** Note one at `now`, in milliseconds, and say whether to start the server again. */
  again(now: number): boolean {
    this.times = [...this.times.filter((time) => now - time < WITHIN), now];
    return this.times.length <= MOST;
  }

  /** Somebody started it themselves: what was before does not count. */
  forget(): void {
    this.times = [];
  }
}
