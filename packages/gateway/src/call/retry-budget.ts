/** Of the requests of late, so many may be tried again. */
const SHARE = 0.2
/** And so many a second, however few requests there are. */
const PER_SECOND = 10
const MOST = 500
const AT_FIRST = 100

/**
 * Bounds how much an outage is amplified by trying again: further attempts are paid from a budget to which every request
 * adds a share of one. A burst of failures is covered; a lasting one brings at most a fifth more load.
 */
export class RetryBudget {
  #left = AT_FIRST
  #refilledAt: number | undefined

  /** A request has come in. `now`: milliseconds. */
  earn(now: number): void {
    const idle = this.#refilledAt === undefined ? 0 : Math.max(0, now - this.#refilledAt)
    this.#refilledAt = now
    this.#left = Math.min(MOST, this.#left + SHARE + (idle / 1_000) * PER_SECOND)
  }

  /** Whether a further attempt may be made; if so it is paid. */
  spend(): boolean {
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}

/** Names are the callers' choice where every model of a provider can be called: there is a bound. */
const MOST_MODELS = 1_000

/** A budget for each model, remembered. */
export function retryBudgets(): (model: string) => RetryBudget {
  const budgets = new Map<string, RetryBudget>()
  return (model) => {
    let budget = budgets.get(model)
    if (budget === undefined) {
      if (budgets.size >= MOST_MODELS) budgets.clear()
      budget = new RetryBudget()
      budgets.set(model, budget)
    }
    return budget
  }
}
