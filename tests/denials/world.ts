import assert from 'node:assert/strict'
import { either, stream, usage } from '../support/behaviours.ts'
import { configuration, say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { chatStream } from '../support/sse.ts'
import { StripeStandIn } from '../support/stripe/stand-in.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import type { ModelCall, Surface } from './surfaces.ts'

/** A gateway and an upstream in which every refusal can be made to happen. */
export interface World {
  gateway: Gateway
  upstream: Upstream
  /** Another gateway, through which payments are made; started when it is asked for. */
  paying: () => Promise<Paying>
  stop: () => Promise<void>
}

/** A gateway with a payment rail, and what stands in for that. */
export interface Paying {
  gateway: Gateway
  stripe: StripeStandIn
}

/** A refusal that was made to happen, and the proof that its fix works. */
export interface Made {
  answer: Answer
  /** Whose request it was; absent where nobody was authenticated, or where it was a management call. */
  customer?: Customer
  /** Whose plan it is about; absent: the operator's. */
  publisher?: Customer
  management?: true
  /** Where it happened, if not at the gateway of the world. */
  gateway?: Gateway
  /** The call that was refused, for other envelopes; absent: the customer's, of the model that is always there. */
  call?: Partial<ModelCall>
  /** Makes it happen in another envelope, where another call alone does not. */
  repeat?: (surface: Surface) => Promise<Answer>
  /** What `/v1/explain` is asked; absent: the call, as a chat completion. */
  explain?: Record<string, unknown>
  /** Makes it happen again, and has it explained while it lasts. */
  explained?: (surface: Surface) => Promise<{ refused: Answer; explained: Answer }>
  /** What was served beside it, also in other envelopes: only that is charged. */
  served?: Answer[]
  /** Carries out what the answer says, as the one whom it names, and sends the identical request again, where there is one. */
  mend: () => Promise<Answer>
}

export type Case = (world: World) => Promise<Made>

export const COARSE = { price: { input: '0', output: '1000' } }

/** `options`: where the gateway keeps everything, if not in a file of its own. */
export async function startWorld(options: { databaseUrl?: string } = {}): Promise<World> {
  const upstream = await startUpstream()
  upstream.on('plain', either(5, { usage: usage(0, 5) }))
  upstream.on('endless', stream(1_000_000, { everyMs: 1 }))
  const limits = { bodyBytes: 100_000, firstByteMs: 1_000, silenceMs: 1_000 }
  const config = configuration(
    upstream,
    { plain: COARSE, endless: { ...COARSE, sliceTokens: 8 } },
    {
      limits,
      publishing: { networks: ['127.0.0.0/8'] },
    },
  )
  const models = config['models'] as Record<string, unknown>
  models['orphan'] = { deployments: [{ provider: 'ghost', model: 'plain' }], price: COARSE.price }
  upstream.on('', ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"sunny":true}'))
  config['apis'] = {
    weather: { prefix: '/weather', upstream: { baseUrl: upstream.url }, routes: [{ method: 'GET', path: '/{city}', price: '0.01' }] },
    greet: { prefix: '/greet', prompt: { model: 'plain', user: 'Say hello.', maxTokens: 10 } },
  }
  const gateway = await startGateway({ config, ...options })
  let started: Promise<Paying> | undefined
  return {
    upstream,
    gateway,
    paying: () => (started ??= startPaying(config)),
    stop: async () => {
      const paying = await started
      await Promise.all([gateway.stop(), paying?.gateway.stop(), paying?.stripe.close()])
      await upstream.close()
    },
  }
}

async function startPaying(config: Record<string, unknown>): Promise<Paying> {
  const stripe = await new StripeStandIn().listen()
  stripe.telling = true
  const gateway = await startGateway({ config: { ...config, ...stripe.configuration } })
  stripe.endpoint = `${gateway.url}/api/payments/stripe/webhook`
  return { gateway, stripe }
}

export const BODY = { model: 'plain', max_tokens: 10, messages: say() }

/** Makes the same priced GET of a published API again and again. */
export function getter(world: World, customer: Customer, path = '/weather/berlin'): () => Promise<Answer> {
  return () => send(world.gateway.url + path, { headers: { authorization: `Bearer ${customer.key}` } })
}

/** Sends the same body again and again, for refusals that depend on something else. */
export function sender(world: World, customer: Customer, body: Record<string, unknown> = BODY): () => Promise<Answer> {
  return () => world.gateway.chat(customer.key, body)
}

/** The code of a refusal, as its header says. */
export function codeOf(answer: Answer): string | undefined {
  return /^([a-z_]+);/.exec(header(answer, 'faregate-denial') ?? '')?.[1]
}

export interface Fix {
  kind: string
  action: string
  by: string
  command?: string
  path?: string
  method?: string
  byAtLeast?: string
  to?: number
  model?: string
  [member: string]: unknown
}

/** The problem of a refusal; for one in mid-stream, of the stream's error event. */
export function problemOf(answer: Answer): Record<string, unknown> {
  if (answer.status !== 200) return json(answer)
  const event = chatStream(answer.body).chunks.find((chunk) => chunk.error !== undefined)
  assert.ok(event, answer.text.slice(-1_000))
  return ('code' in event ? event : event.error) as Record<string, unknown>
}

export function fixesOf(answer: Answer): Fix[] {
  const { fixes } = problemOf(answer)
  assert.ok(Array.isArray(fixes) && fixes.length > 0, `a fix is offered: ${answer.text}`)
  return fixes as Fix[]
}
