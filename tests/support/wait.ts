/** Resolves after some milliseconds; for pacing a load, never for waiting until something has happened. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/**
 * Repeats a check until it stops throwing, and gives its result; after the deadline fails with the last error.
 * For what the product does off the request path (records, recovery).
 */
export async function eventually<T>(check: () => Promise<T> | T, withinMs = 10_000, everyMs = 50): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(everyMs)
    }
  }
}

/** Fails when a promise takes longer than that. */
export function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** A promise and its handle. */
export interface Gate<T = void> {
  promise: Promise<T>
  open: (value: T) => void
}

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
