import assert from 'node:assert/strict'
import { startGateway } from '../support/gateway.ts'
import { MailServer, type Received } from '../support/mail-server.ts'
import { eventually } from '../support/wait.ts'
import type { Knobs } from './tuned.ts'

const FROM = 'gateway@faregate.example'

interface Told {
  server: MailServer
  /** The first mail. */
  mail: () => Promise<Received | undefined>
  /** How its delivery went. */
  error: () => Promise<string | null | undefined>
}

/** A gateway that is asked to send one mail. */
async function mailing(change: (server: MailServer) => Record<string, unknown>, check: (told: Told) => Promise<void>): Promise<void> {
  const server = await new MailServer().listen()
  const gateway = await startGateway({ config: { mail: { smtpUrl: server.smtpUrl, from: FROM, ...change(server) } } })
  try {
    const body = { url: 'mailto:operator@faregate.example', events: ['key.expiring'] }
    const { id } = await gateway.api.expect<{ id: string }>(201, 'POST', '/api/webhooks', body)
    await gateway.api.expect(201, 'POST', `/api/webhooks/${id}/test`, {})
    const deliveries = () =>
      gateway.api.expect<{ data: { lastAt: string | null; lastError: string | null }[] }>(200, 'GET', `/api/webhooks/${id}/deliveries`)
    const error = () =>
      eventually(async () => {
        const [first] = (await deliveries()).data
        assert.ok(first?.lastAt)
        return first.lastError
      })
    await check({ server, error, mail: () => eventually(() => server.mails[0] ?? assert.fail('no mail yet')) })
  } finally {
    await gateway.stop()
    await server.close()
  }
}

/** Settings of the mail server. */
export const MAIL_KNOBS: Knobs = {
  'mail.smtpUrl': async () => {
    await mailing(
      () => ({}),
      async ({ error }) => assert.equal(await error(), null),
    )
    await mailing(
      ({ port }) => ({ smtpUrl: `smtp://gateway:wrong@127.0.0.1:${port}` }),
      async ({ error, server }) => {
        assert.match(String(await error()), /does not accept the name or password/)
        assert.equal(server.mails.length, 0)
      },
    )
  },

  'mail.from': async () => {
    await mailing(
      () => ({ from: 'Acme <billing@acme.example>' }),
      async ({ mail }) => assert.match(String((await mail())?.text), /^From: Acme <billing@acme\.example>\r$/m),
    )
  },
}
