/** The routes by which another process tells the server what to do, and asks what was asked. */
import type { ServerResponse } from 'node:http'
import type { Plan } from './plan.ts'
import type { Match, Replay } from './server.ts'
import type { Call, LogEntry } from './types.ts'

export const CONTROL = '/_replay'

type Handler = (replay: Replay, call: Call) => { status: number; body: unknown }

const HANDLERS: Record<string, Handler> = {
  'POST /_replay/next': (replay, call) => planned(call, (plan, match) => replay.next(plan, match)),
  'POST /_replay/always': (replay, call) => planned(call, (plan, match) => replay.always(plan, match)),
  'POST /_replay/reset': (replay) => {
    replay.reset()
    return { status: 200, body: {} }
  },
  'GET /_replay/requests': (replay) => ({ status: 200, body: { requests: replay.requests.map(shown) } }),
}

export function control(replay: Replay, call: Call, response: ServerResponse): void {
  const handler = HANDLERS[`${call.method} ${call.path}`]
  const { status, body } = handler?.(replay, call) ?? { status: 404, body: { error: `there are: ${Object.keys(HANDLERS).join(', ')}` } }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** `{"plan": "tool-call,split=1", "match": {"vendor": "openai", "model": "gpt-5.1"}}`; a plan may be an object, too. */
function planned(call: Call, add: (plan: Plan | string, match: Match) => void): { status: number; body: unknown } {
  const { plan, match } = (call.body ?? {}) as { plan?: Plan | string; match?: Match }
  if (plan === undefined) return { status: 400, body: { error: 'plan is missing: {"plan": "text,split=1"}' } }
  add(plan, match ?? {})
  return { status: 200, body: {} }
}

function shown(entry: LogEntry): unknown {
  const { call, route, broke, answer, status, abandoned } = entry
  return {
    method: call.method,
    path: call.path,
    query: Object.fromEntries(call.query),
    headers: call.headers,
    body: call.body ?? null,
    vendor: route?.vendor ?? null,
    endpoint: route?.endpoint ?? null,
    model: route?.model ?? null,
    stream: route?.stream ?? null,
    broke: broke ?? null,
    answer: answer ?? null,
    status,
    abandoned,
  }
}
