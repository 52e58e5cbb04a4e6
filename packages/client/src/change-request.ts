import { jsonOf, withJson, type Call } from './call.ts'
import { isObject } from './problem.ts'

/** Where each dialect has its output limit, by the end of the path; the first is written where the caller gave none. */
const LIMITS: [path: RegExp, members: string[][]][] = [
  [/\/chat\/completions$/, [['max_completion_tokens'], ['max_tokens']]],
  [/\/completions$/, [['max_tokens']]],
  [/\/responses$/, [['max_output_tokens']]],
  [/\/messages$/, [['max_tokens']]],
  [/\/v2\/chat$/, [['max_tokens']]],
  [/:(generateContent|streamGenerateContent)$/, [['generationConfig', 'maxOutputTokens']]],
  [/\/api\/(chat|generate)$/, [['options', 'num_predict']]],
]

/** The same call with a lower output limit; `undefined` where it has none that could be lowered to that. */
export function withOutputLimit(call: Call, to: number): Call | undefined {
  const [, members = []] = LIMITS.find(([path]) => path.test(call.url.pathname)) ?? []
  const body = jsonOf(call)
  const [first] = members
  if (body === undefined || first === undefined) return undefined
  const given = members.filter((member) => typeof at(body, member) === 'number')
  if (given.some((member) => Number(at(body, member)) <= to)) return undefined
  for (const member of given.length === 0 ? [first] : given) put(body, member, to)
  return withJson(call, body)
}

/** The same call of another model, which is named in the body, or in Gemini's path. */
export function withModel(call: Call, model: string): Call | undefined {
  const body = jsonOf(call)
  if (typeof body?.['model'] === 'string') return body['model'] === model ? undefined : withJson(call, { ...body, model })
  const path = call.url.pathname.replace(
    /(\/models\/)[^/:]+(:[A-Za-z]+)$/,
    (_whole, before: string, action: string) => before + model + action,
  )
  if (path === call.url.pathname) return undefined
  const url = new URL(call.url)
  url.pathname = path
  return { ...call, url }
}

function at(body: Record<string, unknown>, [name = '', ...rest]: string[]): unknown {
  const value = body[name]
  if (rest.length === 0) return value
  return isObject(value) ? at(value, rest) : undefined
}

/** Writes into the copy that the body is. */
function put(body: Record<string, unknown>, [name = '', ...rest]: string[], value: number): void {
  if (rest.length === 0) {
    Object.assign(body, { [name]: value })
    return
  }
  const inner = isObject(body[name]) ? body[name] : {}
  Object.assign(body, { [name]: inner })
  put(inner, rest, value)
}
