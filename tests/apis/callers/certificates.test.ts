import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { authority, handedOn, SERVER_USE, type Authority, type Proof } from '../../support/certificates.ts'
import { startGateway, type Customer, type Gateway } from '../../support/gateway.ts'
import { json } from '../../support/http.ts'
import { startService, type Service } from '../../support/service.ts'
import { ANY, recordOf, refusalOf } from '../world.ts'
import { callers, type Callers } from './world.ts'

const PARTNERS = 'partners'
const DAY = 86_400_000

const clientCert = (proof: Pick<Proof, 'certificate'>) => ({ 'client-cert': handedOn(proof) })

/** A customer whose key stands for somebody. */
async function standing({ gateway }: Pick<Callers, 'gateway'>, subject: string) {
  const customer = await gateway.customer('1.00')
  await gateway.api.expect(200, 'PATCH', `/api/keys/${customer.keyId}`, { identity: { issuer: PARTNERS, subject } })
  return customer
}

describe('callers with a certificate that a proxy hands on', () => {
  const made = callers(() => ({ config: { trustedProxies: ['127.0.0.1'], clientCertificates: 'header' } }))
  let partners: Authority
  let ann: Proof
  before(async () => {
    partners = await authority('CN=Partners')
    ann = await partners.issue('O=Shop, CN=ann', {
      names: [
        { type: 'dns', value: 'ann.example' },
        { type: 'email', value: 'ann@shop.example' },
        { type: 'url', value: 'spiffe://shop.example/ann' },
      ],
    })
  })

  const terms = (more: Record<string, unknown> = {}) => ({ ca: [partners.certificate], issuer: PARTNERS, ...more })
  const api = (more: Record<string, unknown> = {}, beside: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) =>
    made.api({ authentication: { mutualTls: terms(more), ...beside }, ...rest })

  test('are served as the key that stands for whom it names, which is charged; the certificate goes no further', async () => {
    const customer = await standing(made, 'CN=ann,O=Shop')
    const { call, got } = await api({}, {}, { identity: { headers: { subject: 'x-subject' } } })
    const chain = 'client-cert-chain'
    const answer = await call('/served', { headers: { ...clientCert(ann), [chain]: ':AAAA:' } })
    assert.equal(answer.status, 200, answer.text)
    assert.equal((await recordOf(made, answer)).key, customer.keyId)
    const { headers } = got('/served')
    assert.deepEqual([headers['client-cert'], headers[chain], headers['x-subject']], [undefined, undefined, 'CN=ann,O=Shop'])
    await made.charged(customer.organization, 1)
  })

  for (const [name, subject] of [
    ['dns', 'ann.example'],
    ['email', 'ann@shop.example'],
    ['uri', 'spiffe://shop.example/ann'],
  ] as const) {
    test(`by its first alternative name of the kind ${name}`, async () => {
      const { keyId } = await standing(made, subject)
      const { call } = await api({ name })
      assert.equal((await recordOf(made, await call('/named', { headers: clientCert(ann) }))).key, keyId)
    })
  }

  test('by its thumbprint; one for which no key stands is refused by name, or served as the key that the API names', async () => {
    const thumbprint = new X509Certificate(ann.certificate).fingerprint256.replaceAll(':', '').toLowerCase()
    const strict = await api({ name: 'thumbprint' })
    const refused = refusalOf(await strict.call('/unknown', { headers: clientCert(ann) }), 403, 'caller_unknown')
    assert.match(JSON.stringify(refused['fixes']), new RegExp(`--issuer ${PARTNERS} --subject ${thumbprint}`))
    const lenient = await api({ name: 'thumbprint', as: made.customer.keyId })
    assert.equal((await recordOf(made, await lenient.call('/lenient', { headers: clientCert(ann) }))).key, made.customer.keyId)
    const own = await standing(made, thumbprint)
    assert.equal((await recordOf(made, await strict.call('/unknown', { headers: clientCert(ann) }))).key, own.keyId)
  })

  const cases: [what: string, shown: () => Promise<Record<string, string>>, hint: RegExp][] = [
    [
      'of another authority',
      async () => clientCert(await (await authority('CN=Partners')).issue('CN=ann, O=Shop')),
      /No authority has signed it/,
    ],
    ['that nobody but itself vouches for', async () => clientCert(await authority('CN=ann, O=Shop')), /No authority has signed it/],
    [
      'whose time is over',
      async () => clientCert(await partners.issue('CN=late', { from: Date.now() - 2 * DAY, until: Date.now() - DAY })),
      /^It expired at 20/,
    ],
    [
      'whose time has not come',
      async () => clientCert(await partners.issue('CN=early', { from: Date.now() + DAY, until: Date.now() + 2 * DAY })),
      /^It is good only from 20/,
    ],
    ['for servers alone', async () => clientCert(await partners.issue('CN=server', { uses: [SERVER_USE] })), /not meant for clients/],
    ['that is none', async () => ({ 'client-cert': ':bm9uZQ==:' }), /cannot be read/],
    ['that is not written as one', async () => ({ 'client-cert': ann.certificate.replaceAll('\n', ' ') }), /cannot be read/],
  ]
  for (const [what, shown, hint] of cases) {
    test(`one ${what} is refused for that`, async () => {
      const { call } = await api()
      const problem = refusalOf(await call('/wrong', { headers: await shown() }), 401, 'credential_invalid')
      assert.match(String(problem['hint']), hint)
      assert.equal(made.service.callsOf('/wrong').length, 0)
    })
  }

  test('none at all is told what can be shown; a name of a kind that it has not is refused', async () => {
    const { call } = await api({ name: 'dns' })
    assert.match(String(refusalOf(await call('/none'), 401, 'credential_missing')['detail']), /certificate of "partners"/)
    const nameless = await partners.issue('CN=nameless')
    assert.match(
      String(refusalOf(await call('/nameless', { headers: clientCert(nameless) }), 401, 'credential_invalid')['hint']),
      /kind that is looked for: dns/,
    )
  })

  test('what is sent with the call itself goes first, and nobody at all comes after', async () => {
    const { call } = await api({ as: made.customer.keyId }, { key: {}, public: { as: made.customer.keyId } })
    const other = await made.gateway.customer('1.00')
    const headers = { ...clientCert(ann), authorization: `Bearer ${other.key}` }
    assert.equal((await recordOf(made, await call('/first', { headers }))).key, other.keyId)
    refusalOf(await call('/first', { headers: { 'client-cert': ':bm9uZQ==:' } }), 401, 'credential_invalid')
    assert.equal((await call('/first')).status, 200)
  })

  test('a definition with what is no authority is refused where it is wrong', async () => {
    for (const ca of ['none', ann.certificate, partners.certificate + partners.certificate]) {
      const routes = [{ method: 'GET', path: '/', free: true }]
      const authentication = { mutualTls: terms({ ca: [partners.certificate, ca] }) }
      const body = { name: 'flawed', upstream: { baseUrl: made.service.url }, routes, authentication }
      const refused = await made.gateway.api.call('POST', '/api/apis', body)
      assert.deepEqual([refused.status, json(refused)['pointer']], [400, '/authentication/mutualTls/ca/1'])
    }
  })
})

test('a certificate that somebody else than a proxy hands on is none', async (t) => {
  const gateway = await startGateway({ config: { trustedProxies: ['203.0.113.1'], clientCertificates: 'header' } })
  t.after(() => gateway.stop())
  const partners = await authority('CN=Partners')
  const { keyId } = await gateway.customer('1.00')
  const authentication = { mutualTls: { ca: [partners.certificate], issuer: PARTNERS, as: keyId } }
  const routes = [{ method: 'GET', path: '/a', free: true }]
  await gateway.api.expect(201, 'POST', '/api/apis', { name: 'shop', upstream: { baseUrl: 'http://127.0.0.1:1' }, routes, authentication })
  const response = await fetch(`${gateway.url}/shop/a`, { headers: clientCert(await partners.issue('CN=ann')) })
  assert.equal(((await response.json()) as { code: string }).code, 'credential_missing')
})

describe('callers with a certificate with which they connect to the gateway itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-mtls-'))
  const agents: Agent[] = []
  let partners: Authority
  let own: Authority
  let service: Service
  let gateway: Gateway
  let customer: Customer

  before(async () => {
    own = await authority('CN=Own')
    partners = await authority('CN=Partners')
    service = await startService()
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    const server = await own.issue('CN=gateway', { names: [{ type: 'ip', value: '127.0.0.1' }] })
    writeFileSync(tls.cert, server.certificate)
    writeFileSync(tls.key, server.key)
    gateway = await startGateway({})
    customer = await standing({ gateway }, 'CN=ann')
    // The management API is called without TLS: what it is to know is said before there is any.
    await gateway.kill('SIGTERM')
    const usual = { upstream: { baseUrl: service.url }, routes: ANY }
    const authentication = { mutualTls: { ca: [partners.certificate], issuer: PARTNERS } }
    gateway.options.config = {
      tls,
      clientCertificates: 'tls',
      apis: { shop: { prefix: '/shop', ...usual, authentication }, usual: { prefix: '/usual', ...usual } },
    }
    await gateway.start()
  })
  after(async () => {
    for (const agent of agents) agent.destroy()
    await gateway?.stop()
    await service?.close()
    rmSync(folder, { recursive: true })
  })

  /** Whoever connects with a certificate, and is answered with a status, and a code where it is refused. */
  const client = (proof?: Proof) => {
    const shown = proof === undefined ? {} : { cert: proof.certificate, key: proof.key }
    const agent = new Agent({ ca: own.certificate, keepAlive: true, ...shown })
    agents.push(agent)
    return (path: string, headers: Record<string, string> = {}): Promise<[status: number | undefined, code: unknown, resumed: boolean]> =>
      new Promise((resolve, reject) => {
        request(gateway.url + path, { agent, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          const resumed = (response.socket as TLSSocket).isSessionReused()
          response.on('end', () => resolve([response.statusCode, (JSON.parse(text) as { code?: string }).code, resumed]))
        })
          .on('error', reject)
          .end()
      })
  }

  test('are served as the key that stands for whom it names, with every call of the connection, and of one that is taken up again', async () => {
    const call = client(await partners.issue('CN=ann'))
    for (let i = 0; i < 2; i++) assert.deepEqual((await call('/shop/again')).slice(0, 2), [200, undefined])
    for (const socket of Object.values(agents.at(-1)?.freeSockets ?? {}).flat()) socket?.destroy()
    assert.deepEqual(await call('/shop/resumed'), [200, undefined, true])
    assert.equal(service.calls.length, 3)
  })

  test('one of another authority is refused, and none is missing: the header of a proxy says nothing here', async () => {
    const stranger = await (await authority('CN=Partners')).issue('CN=ann')
    assert.deepEqual((await client(stranger)('/shop/a')).slice(0, 2), [401, 'credential_invalid'])
    const forged = clientCert(await partners.issue('CN=ann'))
    for (const headers of [{}, forged]) assert.deepEqual((await client()('/shop/a', headers)).slice(0, 2), [401, 'credential_missing'])
  })

  test('whoever connects with one is served like everybody else where none is wanted', async () => {
    const call = client(await partners.issue('CN=ann'))
    assert.deepEqual((await call('/usual/a', { authorization: `Bearer ${customer.key}` })).slice(0, 2), [200, undefined])
  })
})
