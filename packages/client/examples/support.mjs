import { createInterface } from 'node:readline/promises'

/** What every example needs: where the gateway is, a key, and a question. */
export const url = process.env.FAREGATE_URL ?? 'http://127.0.0.1:4020'
export const key = process.env.FAREGATE_KEY
export const model = process.env.FAREGATE_MODEL ?? 'demo'

/** A chat completion, as `fetch` sends it. */
export function question(more = {}) {
  const body = { model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], ...more }
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** Asks whoever sits at the terminal, and gives what was said. */
export async function ask(text) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const said = await terminal.question(`${text} (yes/no) `)
  terminal.close()
  return said
}
