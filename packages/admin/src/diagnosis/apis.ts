import { shellWord, type ApiEntry } from '@faregate/core'
import { allowsApi } from '@faregate/identity'
import { permittedNow, type Look } from './evidence.ts'

/** Whether the published API that was called is there. */
export const apiNow: Look = ({ request, snapshot }) => {
  const name = request?.api ?? undefined
  if (name === undefined) return undefined
  const entry = snapshot.apis.get(name)
  if (entry === undefined)
    return {
      result: 'failed',
      detail: `No API is published as ${name} now.`,
      fix: 'See what there is: `faregate api list`. Publish it with `faregate api add`, or in `apis` of the configuration file.',
    }
  if (entry.retirement?.state === 'retired')
    return {
      result: 'failed',
      detail: `The API ${name} is retired.`,
      fix: `Call ${entry.retirement.successor ?? 'another API'}, or put it back in service: \`faregate api reinstate ${name}\`.`,
    }
  const what = request?.route ?? undefined
  const route = what === undefined ? '' : ` Its route was ${what}.`
  return {
    result: 'ok',
    operators: true,
    detail: `The API ${name} is published at ${entry.prefix}, ${whatIs(entry)}.${route}`,
  }
}

function whatIs(entry: ApiEntry): string {
  if (entry.kind === 'http') return `with ${entry.routes.length} routes`
  return entry.kind === 'prompt' ? `a prompt of ${entry.prompt.model}` : `models: ${Object.values(entry.models).join(', ')}`
}

/** Whether the key may call it. */
export const apiAllowedNow: Look = (evidence) => {
  const { key, request } = evidence
  const api = request?.api ?? undefined
  if (key === undefined || api === undefined) return undefined
  if (allowsApi(key, api)) return { result: 'ok', detail: `It may call the API ${api}.`, ...permittedNow(evidence, 'api') }
  const apis = key.apis ?? []
  return {
    result: 'failed',
    detail: `The key "${key.name}" (…${key.lastFour}) may not call the API ${api}; it may call ${apis.join(', ')}.`,
    fix: `Allow it: \`faregate key update ${key.id} --apis ${shellWord([...apis, api].join(','))}\`.`,
  }
}
