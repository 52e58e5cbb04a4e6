/**
 * Where the worker's entry lies: beside this file when the sources run as they are; `tokenizer-worker.js` beside
 * the bundle when they were bundled.
 */
export function tokenizerWorkerUrl(from: string = import.meta.url): URL {
  return from.endsWith('.ts') ? new URL('./worker.ts', from) : new URL('./tokenizer-worker.js', from)
}
