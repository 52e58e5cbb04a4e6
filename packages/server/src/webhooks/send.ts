import { guardedAgent, UrlRefused } from '@faregate/gateway'
import { Agent, request } from 'undici'
import { createMailer, type MailSettings } from './mail.ts'

/** How a receiver answered: its status, or why there is none. */
export type Answer = { status: number; error: string | null } | { status: null; error: string }

/** Posts a body, or mails it where the URL is `mailto:`; resolves whatever happens. `trusted`: the URL may lead into the operator's own network. */
export type Send = (url: string, body: string, headers: Record<string, string>, trusted: boolean) => Promise<Answer>

/** How long a receiver may take, from the connection to the status. */
export const SEND_MS = 10_000

const MAIL = 'mailto:'

/** Of the phases of handing a mail over; there are some three. */
const MAIL_PHASE_MS = 4_000

/** Read of an answer, so that the connection can be used again. */
const READ_BYTES = 65_536

export interface Sender {
  send: Send
  close(): Promise<void>
}

/** A sender that follows no redirects, and that reaches the public internet alone unless the URL is trusted. Without `mail` none is sent. */
export function createSender(version: string, mail: MailSettings | undefined): Sender {
  const mailer = mail && createMailer(mail, MAIL_PHASE_MS)
  const guarded = guardedAgent(SEND_MS)
  const direct = new Agent({ connect: { timeout: SEND_MS } })
  return {
    send: async (url, body, headers, trusted) => {
      if (url.startsWith(MAIL)) {
        const event = headers['webhook-id'] ?? ''
        return mailer?.send({ to: url.slice(MAIL.length), event, body }) ?? { status: null, error: 'this gateway sends no mail' }
      }
      try {
        const agent = trusted ? direct : guarded(url)
        return await post(agent, url, body, { ...headers, 'content-type': 'application/json', 'user-agent': `faregate/${version}` })
      } catch (error) {
        return { status: null, error: reasonOf(error) }
      }
    },
    close: async () => {
      mailer?.close()
      await Promise.all([guarded.close(), direct.close()])
    },
  }
}

async function post(dispatcher: Agent, url: string, body: string, headers: Record<string, string>): Promise<Answer> {
  const signal = AbortSignal.timeout(SEND_MS)
  const answer = await request(url, { method: 'POST', dispatcher, signal, headers, body })
  await answer.body.dump({ limit: READ_BYTES, signal }).catch(() => undefined)
  const taken = answer.statusCode >= 200 && answer.statusCode < 300
  return { status: answer.statusCode, error: taken ? null : `it answered ${answer.statusCode}` }
}

/** In words for whoever owns the webhook: nothing of the network behind the gateway. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const refused = [error, cause].find((one) => one instanceof UrlRefused)
  if (refused instanceof UrlRefused) return refused.message
  const name = error instanceof Error ? error.name : ''
  return name === 'TimeoutError' || name === 'AbortError' ? 'it did not answer in time' : 'it cannot be reached'
}
