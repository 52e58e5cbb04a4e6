import type { Denial } from '@faregate/core'
import { MODEL_LIST_ROUTES } from './models/routes.ts'
import { nearest } from './nearest.ts'
import { LIMIT_REQUESTS } from './request-limit.ts'
import { SURFACES } from './surfaces.ts'

/** What the data plane serves: method and path. */
export const DATA_PLANE_ROUTES: readonly { method: 'GET' | 'POST'; path: string }[] = [
  ...[...new Set(SURFACES.map(({ path }) => path))].map((path) => ({ method: 'POST' as const, path })),
  ...MODEL_LIST_ROUTES,
  { method: 'POST', path: '/v1/explain' },
  { method: 'GET', path: '/v1/key' },
  { method: 'POST', path: LIMIT_REQUESTS },
  { method: 'GET', path: `${LIMIT_REQUESTS}/*` },
]

/** Refuses a path that is not served, and names the base URL that an SDK should have been given. */
export function routeUnknown(publicUrl: string, method: string, path: string): Denial {
  const hint = hintFor(publicUrl, method, path)
  const didYouMean = nearest(
    path,
    DATA_PLANE_ROUTES.map((route) => route.path),
  )
  return {
    code: 'route_unknown',
    detail: `${method} ${path.slice(0, 200)} is not served here.${hint === undefined ? '' : ` ${hint}`}`,
    ...(hint === undefined ? {} : { hint }),
    didYouMean,
    fixes: [{ kind: 'change_request', action: 'correct_path', by: 'caller', canYou: true, baseUrl: `${publicUrl}/v1` }],
  }
}

/** What official SDKs are given as their base URL, behind the gateway's own, and what they add to it. */
const SDKS: [adds: RegExp, sdk: string, base: string][] = [
  [/(\/messages|\/messages\/count_tokens)$/, "Anthropic's SDKs", ''],
  [/\/(models|tunedModels)\/[^/]+:[a-zA-Z]+$/, "Google's SDKs", ''],
  [/\/v2\/(chat|embed|rerank)$/, "Cohere's SDKs", ''],
  [/\/api\/(chat|generate|embed|embeddings|tags|show)$/, "Ollama's clients", '/ollama'],
  [/\/(chat\/completions|completions|responses|embeddings|moderations|models|explain|key)$/, "OpenAI's SDKs", '/v1'],
  [/\/(images\/(generations|edits)|audio\/(speech|transcriptions|translations))$/, "OpenAI's SDKs", '/v1'],
]

function hintFor(publicUrl: string, method: string, path: string): string | undefined {
  const known = DATA_PLANE_ROUTES.find((route) => route.path === path)
  if (known !== undefined) return `The path is right, but it takes ${known.method}, not ${method}.`
  const sdk = SDKS.find(([adds]) => adds.test(path))
  if (sdk === undefined) return undefined
  const [adds, name, base] = sdk
  return `${name} take the base URL ${publicUrl}${base} and add what follows themselves, such as "${adds.exec(path)?.[0] ?? ''}".`
}
