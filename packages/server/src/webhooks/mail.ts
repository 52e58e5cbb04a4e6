import type { Answer } from './send.ts'

/** The mail server that events are handed to, and whom they are from. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with name and password where the server wants them. */
  smtpUrl: string
  from: string
}

/** One event as a mail. */
export interface Mail {
  to: string
  /** The same each time it is tried: whoever gets it twice can tell. */
  event: string
  /** As webhooks are told it. */
  body: string
}

export interface Mailer {
  /** Resolves whatever happens; the status is that of the mail server. */
  send(mail: Mail): Promise<Answer>
  close(): void
}

const ACCEPTED = 250

/**
 * Hands events to a mail server by SMTP (RFC 5321). Each phase of it may take `phaseMs`. The library is loaded with the first mail: it
 * would cost every start time and memory.
 */
export function createMailer({ smtpUrl, from }: MailSettings, phaseMs: number): Mailer {
  const timeouts = { connectionTimeout: phaseMs, greetingTimeout: phaseMs, socketTimeout: phaseMs }
  let loading: Promise<Transport> | undefined
  const transport = () => (loading ??= connect({ url: smtpUrl, ...timeouts }))
  return {
    send: async (mail) => {
      try {
        const { sendMail } = await transport()
        await sendMail({ from, ...letterOf(mail, from) })
        return { status: ACCEPTED, error: null }
      } catch (error) {
        return failureOf(error)
      }
    },
    close: () => void loading?.then(({ close }) => close()).catch(() => undefined),
  }
}

interface Transport {
  sendMail: (letter: object) => Promise<unknown>
  close: () => void
}

async function connect(options: object): Promise<Transport> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport(options)
  return { sendMail: (letter) => transport.sendMail(letter), close: () => transport.close() }
}

/** What is read at a glance comes first, everything that a webhook is told after it. */
function letterOf({ to, event, body }: Mail, from: string): object {
  const { type, timestamp, data } = JSON.parse(body) as { type: string; timestamp: string; data: Record<string, unknown> }
  const about = ['api', 'organization'].map((name) => data[name]).find((value) => typeof value === 'string')
  const facts = Object.entries({ at: timestamp, ...data }).filter(([, value]) => value !== null && value !== undefined)
  const lines = facts.map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return {
    to,
    subject: ['Faregate', type, ...(about === undefined ? [] : [about])].join(': '),
    messageId: `<${event}@${domainOf(from)}>`,
    // RFC 3834: nobody's holiday answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: `${lines.join('\n')}\n`,
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).replace(/>.*$/, '')
}

/** In words for whoever is to be told: nothing of the network behind the gateway. */
function failureOf(error: unknown): Answer {
  const { code, responseCode: status } = error as { code?: unknown; responseCode?: unknown }
  if (code === 'EAUTH') return { status: null, error: 'the mail server does not accept the name or password of the gateway' }
  if (typeof status === 'number') return { status, error: `the mail server answered ${status}` }
  if (code === 'ETIMEDOUT') return { status: null, error: 'the mail server did not answer in time' }
  return { status: null, error: 'the mail server cannot be reached' }
}
