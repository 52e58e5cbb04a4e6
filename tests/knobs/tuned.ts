import { either, usage } from '../support/behaviours.ts'
import { say } from '../support/config.ts'
import { startGateway } from '../support/gateway.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { openPlaces, type Places } from '../apis/fields/field.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { startUpstream } from '../support/upstream.ts'
import type { Upstream } from '../support/upstream.ts'
import { tunedApis } from './apis.ts'
import { contractApis, writeDocument } from './contract.ts'
import { tunedPrompts } from './prompts.ts'

/** A gateway in which every setting that can share one is set to something else than its default, and one that has defaults. */
export interface Worlds {
  upstream: Upstream
  second: Upstream
  service: Service
  places: Places
  tuned: Gateway
  plain: Gateway
  /** A customer of the tuned gateway with plenty of credit. */
  rich: Customer
}

export type Knob = (worlds: Worlds) => Promise<void>
export type Knobs = Record<string, Knob>

const COARSE = { input: '0', output: '1000' }

/** One price an own bucket, all different, so that a charge tells which one was used. */
const BUCKET_PRICES = {
  input: '1000',
  cacheRead: '2000',
  cacheWrite: '3000',
  cacheWrite1h: '5000',
  output: '7000',
  reasoning: '11000',
  audioIn: '13000',
  audioOut: '17000',
  imageIn: '19000',
  imageOut: '29000',
}

function on(provider: string, model: string, weight?: number): { provider: string; model: string; weight?: number } {
  return { provider, model, ...(weight === undefined ? {} : { weight }) }
}

function tunedConfiguration(upstream: Upstream, second: Upstream, service: Service, places: Places): Record<string, unknown> {
  const plain = { deployments: [on('one', 'plain')], price: COARSE, maxOutput: 10_000 }
  return {
    providers: [
      { name: 'one', kind: 'openai-compatible', baseUrl: `${upstream.url}/custom/v9`, apiKey: 'sk-one' },
      { name: 'two', kind: 'openai-compatible', baseUrl: second.url, apiKey: 'sk-two' },
      { name: 'vendor', kind: 'openai', baseUrl: upstream.url, apiKey: 'sk-vendor' },
      {
        name: 'weighted',
        kind: 'openai-compatible',
        baseUrl: upstream.url,
        keys: [
          { key: 'sk-heavy', weight: 1_000_000 },
          { key: 'sk-light', weight: 1 },
        ],
      },
      {
        name: 'ranked',
        kind: 'openai-compatible',
        baseUrl: upstream.url,
        keys: [
          { key: 'sk-later', priority: 2 },
          { key: 'sk-first', priority: 1 },
        ],
      },
      { name: 'offline', kind: 'demo' },
      { name: 'places', kind: 'openai-compatible', baseUrl: places.models.url, apiKey: 'sk-places' },
    ],
    models: {
      plain,
      demo: { deployments: [on('offline', 'demo')], price: COARSE },
      one: { deployments: [on('places', 'one')], price: COARSE },
      two: { deployments: [on('places', 'two')], price: COARSE },
      second: { deployments: [on('two', 'other-name')], price: COARSE },
      balanced: { deployments: [on('one', 'rare', 1), on('two', 'usual', 1_000_000)], price: COARSE },
      tiers: { deployments: [{ ...on('two', 'spare', 1_000_000), priority: 1 }, on('one', 'usual', 1)], price: COARSE },
      cool: { deployments: [{ ...on('one', 'cool'), parameters: { temperature: 0.25 } }], price: COARSE },
      heavy: { deployments: [on('weighted', 'plain')], price: COARSE },
      ranked: { deployments: [on('ranked', 'ranked')], price: COARSE },
      buckets: { deployments: [on('one', 'buckets')], price: BUCKET_PRICES, maxOutput: 100 },
      units: { deployments: [on('one', 'units')], price: { image: '29000', second: '31000', character: '37000', search: '41000' } },
      fee: { deployments: [on('one', 'buckets')], price: { input: '0', output: '0', request: '23000' } },
      unlimited: { deployments: [on('one', 'plain')], price: COARSE },
      small: { ...plain, maxOutput: 200 },
      modest: { ...plain, maxOutputWhenAbsent: 300 },
      sliced: { ...plain, sliceTokens: 16 },
      hidden: { ...plain, hiddenOutput: true },
      newer: { ...plain, outputLimitMember: 'max_completion_tokens' },
      older: { ...plain, outputLimitMember: 'max_tokens' },
      yielding: { ...plain, unsupported: 'drop' },
    },
    apis: { ...tunedApis(service, places), ...contractApis(places), ...tunedPrompts() },
    allModels: true,
    publicUrl: 'https://gateway.example/base',
    trustedProxies: ['127.0.0.1'],
    publishing: { networks: ['127.0.0.0/8'] },
    issuerNetworks: ['127.0.0.0/8'],
    clientCertificates: 'header',
    billing: { currency: 'EUR', topUpUrl: 'https://pay.example/top-up', contact: 'billing@pay.example' },
    limits: { bodyBytes: 20_000, headerBytes: 8_192, firstByteMs: 700, silenceMs: 600, keepAliveMs: 150, connectMs: 400, requestMs: 1_500 },
    sliceTokens: 32,
    maxOutputWhenAbsent: 500,
    cors: { origins: ['https://app.example'] },
    log: { level: 'debug' },
  }
}

export async function startWorlds(): Promise<Worlds> {
  const [upstream, second, service, opened] = await Promise.all([startUpstream(), startUpstream(), startService(), openPlaces()])
  for (const each of [upstream, second]) each.on('*', either(3, { usage: usage(0, 3) }))
  const plainConfig = {
    providers: [{ name: 'one', kind: 'openai-compatible', baseUrl: upstream.url, apiKey: 'sk-one' }],
    models: {
      plain: { deployments: [on('one', 'plain')], price: COARSE, maxOutput: 10_000 },
      unlimited: { deployments: [on('one', 'plain')], price: COARSE },
    },
  }
  const [tuned, plain] = await Promise.all([
    startGateway({ config: { billing: { currency: 'EUR' } } }),
    startGateway({ config: plainConfig }),
  ])
  // The file names keys: they are there before it is.
  const places = { ...opened, rich: await tuned.customer('1000.00'), poor: await tuned.customer() }
  await tuned.kill('SIGTERM')
  writeDocument(tuned.data)
  tuned.options.config = tunedConfiguration(upstream, second, service, places)
  await tuned.start()
  return { upstream, second, service, places, tuned, plain, rich: places.rich }
}

export async function stopWorlds(worlds: Worlds | undefined): Promise<void> {
  await Promise.all([worlds?.tuned.stop(), worlds?.plain.stop()])
  await Promise.all([worlds?.upstream.close(), worlds?.second.close(), worlds?.service.close(), worlds?.places.stop()])
}

/** One call of the rich customer, with a limit of ten tokens. */
export function call({ tuned, rich }: Worlds, model: string, more: Record<string, unknown> = {}): ReturnType<Gateway['chat']> {
  return tuned.chat(rich.key, { model, max_tokens: 10, messages: say(), ...more })
}
