import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canaryCount, remember, rememberConfiguration, rememberedCanaries } from './canaries.ts'
import type { Canary, CanaryKind } from './canaries.ts'
import { ByteSearch, describeLeak } from './search.ts'
import type { Leak } from './search.ts'

/** What no answer may carry. Keys and tokens of callers are shown once, where they are made. */
const NEVER_ANSWERED: CanaryKind[] = ['provider key', 'operator token', 'root secret']

/** What is there to hold its secret: the operator's token and the root, and the configuration that a test wrote. */
const HOLDERS: Record<string, CanaryKind[]> = {
  'operator-token': ['operator token'],
  'secrets.json': ['root secret'],
  'faregate.yaml': ['provider key'],
}

/** Remembers what a gateway is started with. */
export function rememberStart(config: unknown, env: Record<string, string>): void {
  rememberConfiguration(config)
  for (const [name, value] of Object.entries(env)) {
    if (name === 'FAREGATE_SECRET') remember('root secret', value)
    else if (name.endsWith('_KEY')) remember('provider key', value)
  }
}

/** Remembers what a gateway made at its first start. */
export function rememberMade(data: string): void {
  const token = join(data, 'operator-token')
  if (existsSync(token)) remember('operator token', readFileSync(token, 'utf8').trim())
  const secrets = join(data, 'secrets.json')
  if (!existsSync(secrets)) return
  const { root } = JSON.parse(readFileSync(secrets, 'utf8')) as { root?: unknown }
  if (typeof root === 'string') remember('root secret', root)
}

/** Remembers the secrets in a management call and its answer. */
export function rememberManaged(path: string, sent: unknown, answer: { status: number; text: string }): void {
  rememberConfiguration(sent)
  if (answer.status !== 201 || !/\/(keys|tokens|rotate|vouchers|webhooks)$/.test(path)) return
  const { key, signingSecret, token, code, secret } = JSON.parse(answer.text) as Record<string, unknown>
  if (typeof key === 'string') remember('API key', withoutMarks(key))
  if (typeof signingSecret === 'string') remember('API key', withoutMarks(signingSecret))
  if (typeof token === 'string') remember('management token', withoutMarks(token))
  if (typeof code === 'string') remember('voucher code', withoutMarks(code))
  if (typeof secret === 'string') remember('webhook secret', withoutMarks(secret))
}

/** The random part alone: where that is, the secret is, with its prefix and checksum or without. */
function withoutMarks(secret: string): string {
  return secret.replace(/^[a-z]+_/, '').slice(0, -6)
}

/** The search of answers, made anew when there are more of the secrets that it is for. */
let answerSearch: { secrets: number; search: ByteSearch } | undefined

function searchOfAnswers(): ByteSearch {
  const secrets = canaryCount(NEVER_ANSWERED)
  if (answerSearch?.secrets !== secrets) answerSearch = { secrets, search: new ByteSearch(rememberedCanaries(NEVER_ANSWERED)) }
  return answerSearch.search
}

/** What of an answer's head and body is secret. */
export function leaksInAnswer(place: string, head: string[], body: Buffer): Leak[] {
  const search = searchOfAnswers()
  return [...search.inText(head.join('\n'), `head of ${place}`), ...search.inBytes(body, `body of ${place}`)]
}

/** What a gateway left behind, searched for everything that is known to be secret. */
export function leaksOf(left: { data: string; outputs: string[]; metrics: string }): Leak[] {
  const everything = new ByteSearch(rememberedCanaries())
  const allowed = (file: string, { kind }: Canary): boolean => HOLDERS[file]?.includes(kind) === true
  return [
    ...(existsSync(left.data) ? everything.inFolder(left.data, allowed) : []),
    ...left.outputs.flatMap((output) => everything.inText(output, 'log')),
    ...everything.inText(left.metrics, 'metrics'),
  ]
}

/** Fails the test file, whatever else it finds: a leak is found after its tests have ended, when throwing helps nobody. */
export function reportLeaks(leaks: Leak[]): void {
  if (leaks.length === 0) return
  process.exitCode = 1
  process.stderr.write(`SECRETS LEAKED:\n${leaks.map((leak) => `  ${describeLeak(leak)}\n`).join('')}`)
}
