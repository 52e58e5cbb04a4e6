import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { startReplay } from '../replay/server.ts'
import type { Replay } from '../replay/server.ts'
import type { LogEntry, Vendor } from '../replay/types.ts'

/** Who plays a kind of provider, and what follows its origin in the base URL. All others are played as `compatible`. */
const PLAYED: Record<string, [vendor: Vendor, base: string]> = {
  openai: ['openai', '/v1'],
  anthropic: ['anthropic', '/v1'],
  google: ['gemini', '/v1beta'],
  mistral: ['mistral', '/v1'],
  deepseek: ['deepseek', '/v1'],
  cohere: ['cohere', ''],
  bedrock: ['bedrock', ''],
  azure: ['azure', '/openai/v1'],
  vertex: ['vertex', ''],
}

/** A vendor, played by its own rules, and the place where Google exchanges keys for tokens. */
export class StandIn {
  readonly #replay: Replay
  readonly #tokens: Server
  readonly #kind: string

  private constructor(replay: Replay, tokens: Server, kind: string) {
    this.#replay = replay
    this.#tokens = tokens
    this.#kind = kind
    // A server of one's own asks for no key.
    replay.always('lenient', { vendor: 'compatible', if: (entry) => !hasKey(entry) })
  }

  static async start(kind: string): Promise<StandIn> {
    const tokens = createServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ access_token: 'ya29.played', expires_in: 3599, token_type: 'Bearer' }))
    }).listen(0, '127.0.0.1')
    await once(tokens, 'listening')
    return new StandIn(await startReplay({ vendor: 'compatible' }), tokens, kind)
  }

  /** The base URL that stands for the vendor's own. */
  get address(): string {
    // Two dialects at one address, the one of them OpenAI's.
    if (this.#kind === 'ollama') return this.#replay.url
    const [vendor, base] = PLAYED[this.#kind] ?? ['compatible', '/v1']
    return this.#replay.origins[vendor] + base
  }

  /** What the vendor was asked: with a key or without, and which of its rules it broke. */
  get asked(): { key: boolean; status: number; broke: string | undefined }[] {
    return this.#replay.requests.map((entry) => ({
      key: hasKey(entry),
      status: entry.status,
      broke: entry.broke?.rule,
    }))
  }

  /** The key file of a service account, whose keys are exchanged here. */
  serviceAccount(): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return JSON.stringify({
      type: 'service_account',
      project_id: 'played',
      private_key_id: 'played',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'robot@played.iam.gserviceaccount.com',
      token_uri: `http://127.0.0.1:${(this.#tokens.address() as AddressInfo).port}/token`,
    })
  }

  async close(): Promise<void> {
    this.#tokens.closeAllConnections()
    this.#tokens.close()
    await this.#replay.close()
  }
}

function hasKey({ call }: LogEntry): boolean {
  return ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'].some((name) => call.headers[name] !== undefined)
}
