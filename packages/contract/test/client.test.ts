import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError, createClient } from '../src/index.ts'

interface Sent {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

function clientThatGets(status: number, answer: unknown): { client: ReturnType<typeof createClient>; sent: Sent[] } {
  const sent: Sent[] = []
  const fake: typeof fetch = async (url, init) => {
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined
    sent.push({ url: new Request(url).url, method: init?.method ?? '', headers: init?.headers as Record<string, string>, body })
    return new Response(status === 204 ? null : typeof answer === 'string' ? answer : JSON.stringify(answer), { status })
  }
  return { client: createClient({ baseUrl: 'http://gateway.example/', token: 'fgo_x', fetch: fake }), sent }
}

describe('the client', () => {
  it('sends method, path, query, body, token and idempotency key, and returns the data', async () => {
    const grant = { id: 'gr_1', organization: 'org/1', amount: '5.00', reason: 'r', priority: 100, expiresAt: null }
    const { client, sent } = clientThatGets(201, { ...grant, later: 'a member of a newer server' })
    const answer = await client.createGrant({ params: { id: 'org/1' }, body: { amount: '5.00', reason: 'r' }, idempotencyKey: 'once' })
    assert.deepEqual(answer, grant)
    assert.equal(sent[0]?.url, 'http://gateway.example/api/organizations/org%2F1/grants')
    assert.equal(sent[0]?.method, 'POST')
    assert.deepEqual(sent[0]?.body, { amount: '5.00', reason: 'r' })
    assert.equal(sent[0]?.headers['authorization'], 'Bearer fgo_x')
    assert.equal(sent[0]?.headers['idempotency-key'], 'once')
  })

  it('leaves out what is not given, and sends no body with a GET', async () => {
    const { client, sent } = clientThatGets(200, { data: [], next: null })
    await client.listRequests({ query: { organization: 'org_1', limit: 5, model: undefined } })
    assert.equal(sent[0]?.url, 'http://gateway.example/api/requests?organization=org_1&limit=5')
    assert.equal(sent[0]?.body, undefined)
    assert.equal(sent[0]?.headers['content-type'], undefined)
  })

  it('returns nothing for 204', async () => {
    const { client } = clientThatGets(204, '')
    assert.equal(await client.revokeKey({ params: { id: 'key_1' } }), undefined)
  })

  it('throws an ApiError that holds the problem', async () => {
    const problem = { type: 't', title: 'Conflict', status: 409, detail: 'in the file', code: 'managed_by_file', file: 'f.yaml', line: 3 }
    const { client } = clientThatGets(409, problem)
    await assert.rejects(client.deleteProvider({ params: { name: 'p' } }), (error) => {
      assert.ok(error instanceof ApiError)
      assert.equal(error.message, 'in the file')
      assert.deepEqual(error.problem, problem)
      return true
    })
  })

  it('throws an ApiError for an answer that is no problem: of a proxy, say', async () => {
    const { client } = clientThatGets(502, '<html>Bad gateway</html>')
    await assert.rejects(
      client.getInstance({}),
      (error) => error instanceof ApiError && error.problem.status === 502 && /Bad gateway/.test(error.message),
    )
  })

  it('refuses an answer that is not what the contract says', async () => {
    const { client } = clientThatGets(200, { currency: 'USD' })
    await assert.rejects(client.getBalance({ params: { id: 'org_1' } }))
  })
})
