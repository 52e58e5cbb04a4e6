import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** One mail, as it was handed over. */
export interface Received {
  to: string[]
  /** Its lines in full, head and body. */
  text: string
}

/** A mail server on a socket of its own; every mail is kept. */
export class MailServer {
  readonly mails: Received[] = []
  /** What it says to the next recipients; undefined: it takes them. */
  refusing: number | undefined
  readonly user = 'gateway'
  readonly password = 'p@ss/word'
  readonly #server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      if (username === this.user && password === this.password) return done(null, { user: this.user })
      return done(new Error('not known here'))
    },
    onRcptTo: (_address, _session, done) => {
      if (this.refusing === undefined) return done()
      return done(Object.assign(new Error('not now'), { responseCode: this.refusing }))
    },
    onData: (stream, { envelope }, done) => {
      let text = ''
      stream.on('data', (piece: Buffer) => (text += piece.toString()))
      stream.on('end', () => {
        this.mails.push({ to: envelope.rcptTo.map(({ address }) => address), text })
        done()
      })
    },
  })

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  /** What a configuration needs to hand mails over. */
  get smtpUrl(): string {
    return `smtp://${this.user}:${encodeURIComponent(this.password)}@127.0.0.1:${this.port}`
  }

  async listen(): Promise<this> {
    this.#server.on('error', () => undefined)
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server.server, 'listening')
    return this
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve))
  }
}
