import { CATALOGUE, type DenialCode } from '../../../packages/core/src/index.ts'
import { denialInEvent, readDenial, type Fix } from '../../../packages/client/src/index.ts'
import type { Answer } from '../../support/http.ts'
import { chatStream } from '../../support/sse.ts'

/** One code that was made to happen, as the demo shows it. */
export interface Shown {
  code: DenialCode
  status: number
  title: string
  meaning: string
  /** The headers that a refusal adds. */
  headers: [name: string, value: string][]
  detail: string
  /** The body; of a stream, the event that ended it. */
  body: string
  /** What was carried out, and by whom. */
  fix: string
  /** What came when the request was sent again, or why that failed. */
  replay: { ok: boolean; text: string }
}

const HEADERS = ['faregate-denial', 'x-should-retry', 'retry-after', 'link']

/** A refusal as it was answered; what came of the fix is filled in once it was carried out. */
export async function shownOf(code: DenialCode, answer: Answer): Promise<Omit<Shown, 'replay'>> {
  const { status, title, meaning, mend, actor } = CATALOGUE[code]
  const event = answer.status === 200 ? chatStream(answer.body).chunks.find((chunk) => chunk.error !== undefined) : undefined
  const denied = event === undefined ? await readDenial(responseOf(answer)) : denialInEvent(event)
  const [fix] = denied?.fixes ?? []
  return {
    code,
    status,
    title,
    meaning,
    headers: HEADERS.flatMap((name) =>
      answer.headers[name] === undefined ? [] : [[name, String(answer.headers[name])] as [string, string]],
    ),
    detail: denied?.problem.detail ?? title,
    body: JSON.stringify(event ?? parsed(answer.text), null, 2),
    fix: fix === undefined ? `${mend[0]} (${actor.replaceAll('_', ' ')})` : fixText(fix, mend[0]),
  }
}

function fixText({ command, action, by, to, model }: Fix, mend: string): string {
  const value = to ?? model
  const what = command ?? `${action.replaceAll('_', ' ')}${value === undefined ? '' : ` → ${value}`}: ${mend}`
  return `${what} (${by.replaceAll('_', ' ')})`
}

function responseOf({ status, headers, text }: Answer): Response {
  const kept = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
  return new Response(text, { status, headers: kept.filter(([name]) => name !== 'transfer-encoding') })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
