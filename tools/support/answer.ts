/** What a caller got for one chat completion. */
export interface Answer {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

/** Asks a model one question with a key; never throws for a refusal. */
export async function ask(url: string, key: string, model: string, content: string): Promise<Answer> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}

/** The same, but insists on an answer that was served and priced. @returns what it cost */
export async function askMetered(url: string, key: string, model: string): Promise<string> {
  const answer = await ask(url, key, model, 'Hello')
  const cost = answer.headers.get('faregate-cost')
  if (answer.status !== 200 || cost === null) throw new Error(`no metered answer: ${answer.status} ${JSON.stringify(answer.body)}`)
  return cost
}
