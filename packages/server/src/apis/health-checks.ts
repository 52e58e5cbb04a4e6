import { DEFAULT_CHECK, type ApiCheck, type ApiEntry } from '@faregate/core'
import { fixedHeaders, type ApiUpstream, type UpstreamBook, type UpstreamCall, type UpstreamClient } from '@faregate/gateway'
import type { Logger } from '../log/log.ts'

type Member = ApiUpstream['pool']['members'][number]

export interface CheckNeeds {
  upstreams: Pick<UpstreamBook, 'compile'>
  client: Pick<UpstreamClient, 'send'>
  log: Pick<Logger, 'info' | 'warn'>
}

/** Asks the upstreams of APIs how they are, where a definition wants that, whether or not anybody calls them. */
export class HealthChecks {
  readonly #needs: CheckNeeds
  #running = new Map<string, Watch>()

  constructor(needs: CheckNeeds) {
    this.#needs = needs
  }

  /** Checks what the configuration in force wants checked. What it wanted before in the same way goes on as it is. */
  apply(apis: Iterable<ApiEntry>): void {
    const before = this.#running
    this.#running = new Map()
    for (const entry of apis) {
      if (entry.kind === 'prompt' || entry.health?.check === undefined) continue
      const { check } = entry.health
      const upstream = this.#needs.upstreams.compile(entry)
      for (const member of upstream.pool.members) {
        const key = JSON.stringify([entry.name, entry.organization, member.baseUrl, check, entry.upstream, entry.requestHeaders])
        this.#running.set(key, before.get(key) ?? new Watch(this.#needs, entry.name, upstream, member, check))
        before.delete(key)
      }
    }
    const kept = new Set([...this.#running.values()].map(({ member }) => member.health))
    for (const watch of before.values()) {
      watch.stop()
      if (!kept.has(watch.member.health)) watch.member.health.unchecked()
    }
  }

  close(): void {
    for (const watch of this.#running.values()) watch.stop()
    this.#running.clear()
  }
}

/** One upstream that is asked again and again. */
class Watch {
  readonly member: Member
  readonly #needs: CheckNeeds
  readonly #api: string
  readonly #upstream: ApiUpstream
  readonly #check: { [Name in keyof ApiCheck]-?: NonNullable<ApiCheck[Name]> }
  #timer: NodeJS.Timeout | undefined
  #call: UpstreamCall | undefined
  #stopped = false

  constructor(needs: CheckNeeds, api: string, upstream: ApiUpstream, member: Member, check: ApiCheck) {
    this.#needs = needs
    this.#api = api
    this.#upstream = upstream
    this.member = member
    const { path, intervalMs, timeoutMs, healthy, unhealthy } = check
    this.#check = {
      path,
      intervalMs: intervalMs ?? DEFAULT_CHECK.intervalMs,
      timeoutMs: timeoutMs ?? DEFAULT_CHECK.timeoutMs,
      healthy: healthy ?? DEFAULT_CHECK.healthy,
      unhealthy: unhealthy ?? DEFAULT_CHECK.unhealthy,
    }
    void this.#look()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#call?.abort()
  }

  async #look(): Promise<void> {
    const found = await this.#ask().catch(String)
    if (this.#stopped) return
    const turned = this.member.health.checked(found === undefined, this.#check)
    const facts = { api: this.#api, upstream: this.member.baseUrl }
    if (turned === 'down') this.#needs.log.warn({ ...facts, cause: found }, 'an upstream of an API fails its checks, and is put aside')
    if (turned === 'back') this.#needs.log.info(facts, 'an upstream of an API passes its checks')
    this.#timer = setTimeout(() => void this.#look(), this.#check.intervalMs)
    this.#timer.unref()
  }

  /** What is wrong; undefined: it answers with 2xx or 3xx in time. */
  async #ask(): Promise<string | undefined> {
    const { token } = this.#upstream
    const fetched = token === undefined ? undefined : await token.fetchIfNeeded()
    if (this.#stopped) return undefined
    if (fetched !== undefined && !('value' in fetched)) return 'refused' in fetched ? fetched.refused : fetched.broken.detail
    return this.#answer(fetched?.value)
  }

  /** An answer that goes on for longer than it may is cut off: it said what there is to know with its head. */
  #answer(token: string | undefined): Promise<string | undefined> {
    const { path, timeoutMs } = this.#check
    const { origin, path: base } = this.member
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const { guarded } = this.#upstream
    const headers = fixedHeaders(this.#upstream, token)
    const request = { origin, path: base + path, method: 'GET', headers, body: null, asSent: true, guarded }
    const cut = new AbortController()
    const until = performance.now() + timeoutMs
    const late = `no answer within ${timeoutMs} ms`
    const timer = setTimeout(() => cut.abort(), timeoutMs)
    timer.unref()
    const call = this.#needs.client.send(request, {
      // A process that was busy sees an answer before it sees that it is late.
      head: (status) => resolve(performance.now() > until ? late : status >= 200 && status < 400 ? undefined : `HTTP ${status}`),
      data: () => undefined,
      end: () => clearTimeout(timer),
      error: ({ reason, detail }) => {
        clearTimeout(timer)
        resolve(`${reason}: ${detail}`)
      },
    })
    cut.signal.addEventListener('abort', () => {
      call.abort()
      resolve(late)
    })
    this.#call = call
    return promise
  }
}
