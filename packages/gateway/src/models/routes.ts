/** Routes on which models are listed, or one is described, each in the shape of the client that asks. */
export const MODEL_LIST_ROUTES: readonly { method: 'GET' | 'POST'; path: string }[] = [
  { method: 'GET', path: '/v1/models' },
  { method: 'GET', path: '/v1/models/*' },
  { method: 'GET', path: '/v1beta/models' },
  { method: 'GET', path: '/v1beta/models/*' },
  { method: 'GET', path: '/ollama/api/tags' },
  { method: 'POST', path: '/ollama/api/show' },
]

const EXACT = new Set(MODEL_LIST_ROUTES.map(({ method, path }) => `${method} ${path}`))

/** Where a model is described, by what follows. */
const DESCRIBED = /^\/v1(beta)?\/models\/./

/** Whether models are listed, or one is described. The head of a GET is answered as its GET. */
export function isModelList(method: string, path: string): boolean {
  const asked = method === 'HEAD' ? 'GET' : method
  return EXACT.has(`${asked} ${path}`) || (asked === 'GET' && DESCRIBED.test(path))
}
