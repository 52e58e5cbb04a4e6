/** Kept of what happened last. */
const KEPT = 20_000

/** What happened, step by step, for whoever has to understand a failure. */
export class Trace {
  steps = 0
  #lines: { step: number; who: string; what: string | (() => string) }[] = []

  /** `what` is made into text only if somebody reads it. */
  add(who: string, what: string | (() => string)): void {
    if (this.#lines.length >= 2 * KEPT) this.#lines = this.#lines.slice(KEPT)
    this.#lines.push({ step: this.steps, who, what })
  }

  /** The lines that name a subject, and the last ones. */
  about(subject: string, last: number): string[] {
    const lines = this.#lines.map(
      ({ step, who, what }) => `${String(step).padStart(6)} ${who.padEnd(4)} ${typeof what === 'string' ? what : what()}`,
    )
    const naming = new RegExp(`(^|[^A-Za-z0-9])${subject.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}([^A-Za-z0-9]|$)`)
    return lines.filter((line, index) => index >= lines.length - last || naming.test(line))
  }
}
