import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { world } from '../people/world.ts'
import { ManagementApi } from '../support/api.ts'
import { ENGINES } from '../support/engines.ts'
import { startGateway } from '../support/gateway.ts'
import { MailServer } from '../support/mail-server.ts'
import { eventually } from '../support/wait.ts'

const FROM = 'Faregate <gateway@faregate.example>'
const OPERATOR = 'mailto:operator@faregate.example'

interface Delivery {
  event: string
  state: string
  attempts: number
  lastStatus: number | null
  lastError: string | null
}

for (const { name, skip, block } of ENGINES) {
  describe(
    `events by mail on ${name}`,
    { skip },
    block((engine) => {
      const server = new MailServer()
      before(() => server.listen())
      const made = world(engine, {}, () => ({ mail: { smtpUrl: server.smtpUrl, from: FROM } }))
      after(() => server.close())

      /** A webhook of the operator that is told of low balances. */
      const told = () =>
        made.gateway.api.expect<{ id: string }>(201, 'POST', '/api/webhooks', {
          url: OPERATOR,
          events: ['balance.low'],
          balanceBelow: '0.95',
        })
      const deliveries = async (id: string) =>
        (await made.gateway.api.expect<{ data: Delivery[] }>(200, 'GET', `/api/webhooks/${id}/deliveries`)).data
      const sendTest = (id: string) => made.gateway.api.expect<{ event: string }>(201, 'POST', `/api/webhooks/${id}/test`, {})

      test('an event is a mail that says what happened, from whom the operator says, with the same name each time it is sent', async () => {
        const { id } = await told()
        const { organization } = await made.gateway.customer('0.90')
        const [mail] = await eventually(() => {
          assert.equal(server.mails.length, 1)
          return server.mails
        })
        assert.ok(mail)
        assert.deepEqual(mail.to, ['operator@faregate.example'])
        assert.match(mail.text, /^From: Faregate <gateway@faregate\.example>\r$/m)
        assert.match(mail.text, new RegExp(`^Subject: Faregate: balance\\.low: ${organization}\r$`, 'm'))
        assert.match(mail.text, /^Auto-Submitted: auto-generated\r$/m)
        assert.match(mail.text, /^balance: 0\.90\r$/m)
        const [delivery] = await eventually(async () => {
          const all = await deliveries(id)
          assert.equal(all[0]?.state, 'delivered')
          return all
        })
        assert.equal(delivery?.lastStatus, 250)
        assert.ok(mail.text.includes(`Message-ID: <${delivery.event}@faregate.example>`))
        await made.gateway.api.expect(201, 'POST', `/api/webhooks/${id}/replay`, { event: delivery.event })
        await eventually(() => assert.equal(server.mails.length, 2))
        assert.ok(server.mails[1]?.text.includes(`Message-ID: <${delivery.event}@faregate.example>`))
      })

      test('what the mail server refuses for now is tried again, and says with what; nothing of its words is told', async () => {
        const { id } = await told()
        server.refusing = 451
        await sendTest(id)
        const [delivery] = await eventually(async () => {
          const all = await deliveries(id)
          assert.notEqual(all[0]?.lastError ?? null, null)
          return all
        })
        server.refusing = undefined
        assert.deepEqual([delivery?.state, delivery?.lastStatus, delivery?.lastError], ['pending', 451, 'the mail server answered 451'])
      })

      test('an organization has mails sent to its members alone, and to one address each', async () => {
        const { organization } = await made.gateway.customer('5.00')
        const permissions = ['webhooks:read', 'webhooks:write']
        const { token } = await made.gateway.api.expect<{ token: string }>(201, 'POST', '/api/tokens', {
          name: 'own',
          organization,
          permissions,
        })
        const own = new ManagementApi(made.gateway.url, token)
        const path = `/api/organizations/${organization}/webhooks`
        const create = (url: string) => own.call('POST', path, { url, events: ['key.expiring'] })
        const stranger = await create('mailto:somebody@example.com')
        assert.deepEqual([stranger.status, stranger.text.includes('no member of the organization')], [400, true], stranger.text)
        const member = { name: 'Ada', email: 'ada@example.com', role: 'developer' }
        await made.gateway.api.expect(201, 'POST', `/api/organizations/${organization}/members`, member)
        assert.equal((await create('mailto:ada@example.com')).status, 201)
        for (const url of ['mailto:ada@example.com,somebody@example.com', 'mailto:ada@example.com?bcc=somebody@example.com', 'mailto:'])
          assert.equal((await create(url)).status, 400, url)
      })
    }),
  )
}

test('a gateway without a mail server says so, where a mail is asked for', async (context) => {
  const gateway = await startGateway({ config: {} })
  context.after(() => gateway.stop())
  const answer = await gateway.api.call('POST', '/api/webhooks', { url: OPERATOR, events: ['key.expiring'] })
  assert.deepEqual([answer.status, answer.text.includes('sets `mail` in the configuration')], [400, true], answer.text)
})
