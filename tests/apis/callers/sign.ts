import { createHash, createHmac, randomUUID } from 'node:crypto'

/** Whose key signs. */
export interface Signer {
  keyId: string
  signingSecret?: string | undefined
}

export interface ToSign {
  method?: string
  /** The whole path, with the prefix of the API. */
  path: string
  query?: string
  body?: string | Buffer
  created?: number
  expires?: number
  nonce?: string
  covered?: readonly string[]
  /** Beside what is signed by itself. */
  headers?: Record<string, string>
  /** In place of what is signed with. */
  secret?: string
  alg?: string
}

/** Headers that sign a request as RFC 9421 says, written from its text and nothing of the product. */
export function signed({ keyId, signingSecret = '' }: Signer, request: ToSign): Record<string, string> {
  const { method = 'GET', path, query, body, created = Math.floor(Date.now() / 1_000), nonce = randomUUID() } = request
  const digest = body === undefined ? undefined : `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
  const headers: Record<string, string> = { ...(digest === undefined ? {} : { 'content-digest': digest }), ...request.headers }
  const { covered = ['@method', '@path', '@query', ...Object.keys(headers)] } = request
  const values: Record<string, string> = {
    '@method': method,
    '@path': path,
    '@query': `?${query ?? ''}`,
    '@request-target': query === undefined ? path : `${path}?${query}`,
    ...headers,
  }
  const expires = request.expires === undefined ? '' : `;expires=${request.expires}`
  const alg = request.alg === undefined ? '' : `;alg="${request.alg}"`
  const parameters = `(${covered.map((name) => `"${name}"`).join(' ')});created=${created}${expires};nonce="${nonce}";keyid="${keyId}"${alg}`
  const base = [...covered.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`].join('\n')
  const signature = createHmac('sha256', request.secret ?? signingSecret)
    .update(base)
    .digest('base64')
  return { ...headers, 'signature-input': `sig1=${parameters}`, signature: `sig1=:${signature}:` }
}
