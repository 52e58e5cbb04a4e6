/** Routes on which models are listed, or one is described, each in the shape of the client that asks. */
export const MODEL_LIST_ROUTES: readonly { method: 'GET' | 'POST'; path: string }[] = [
  { method: 'GET', path: '/v1/models' },
  { method: 'GET', path: '/v1/models/*' },
  { method: 'GET', path: '/v1beta/models' },
  { method: 'GET', path: '/v1beta/models/*' },
  { method: 'GET', path: '/ollama/api/tags' },
  { method: 'POST', path: '/ollama/api/show' },
]
