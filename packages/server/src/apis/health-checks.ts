import { DEFAULT_CHECK, type ApiCheck, type ApiEntry, type Random } from '@faregate/core'
import { askUpstream, type ApiUpstream, type UpstreamBook, type UpstreamClient } from '@faregate/gateway'
import type { Logger } from '../log/log.ts'

type Member = ApiUpstream['pool']['members'][number]

export interface CheckNeeds {
  upstreams: Pick<UpstreamBook, 'compile'>
  client: Pick<UpstreamClient, 'send'>
  log: Pick<Logger, 'info' | 'warn'>
  random: Pick<Random, 'fraction'>
}

/** The first check comes within an interval, and within this: a start does not ask all upstreams in one moment. */
const FIRST_MS = 10_000

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
      // What is retired is not called.
      if (entry.kind !== 'http' || entry.health?.check === undefined || entry.retirement?.state === 'retired') continue
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
  readonly #stop = new AbortController()

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
    this.#wait(needs.random.fraction() * Math.min(FIRST_MS, this.#check.intervalMs))
  }

  stop(): void {
    this.#stop.abort()
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const found = await this.#ask()
    if (this.#stop.signal.aborted) return
    const turned = this.member.health.checked(found === undefined, this.#check)
    const facts = { api: this.#api, upstream: this.member.baseUrl }
    if (turned === 'down') this.#needs.log.warn({ ...facts, cause: found }, 'an upstream of an API fails its checks, and is put aside')
    if (turned === 'back') this.#needs.log.info(facts, 'an upstream of an API passes its checks')
    this.#wait(this.#check.intervalMs)
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => void this.#look(), milliseconds).unref()
  }

  /** What is wrong; undefined: it answers with 2xx or 3xx in time. */
  async #ask(): Promise<string | undefined> {
    const { path, timeoutMs } = this.#check
    const terms = { path, withinMs: timeoutMs, stop: this.#stop.signal }
    const answer = await askUpstream(this.#needs.client, this.#upstream, this.member, terms)
    if ('tokenless' in answer) return answer.tokenless
    if ('broken' in answer) return `${answer.broken.reason}: ${answer.broken.detail}`
    const { status } = answer
    return status >= 200 && status < 400 ? undefined : `HTTP ${status}`
  }
}
