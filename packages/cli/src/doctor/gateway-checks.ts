import type { Check, Finding } from './finding.ts'

export const gateway: Check = async (rig) => {
  const { version, publicUrl, uptimeSeconds } = await rig.instance()
  return [{ check: 'gateway', result: 'ok', detail: `version ${version} at ${publicUrl}, up ${uptimeSeconds} s` }]
}

interface ReadyCheck {
  name: string
  ok: boolean
  required: boolean
  detail: string
}

const SYNCHRONISE = 'synchronise both machines, such as with `timedatectl set-ntp true`: expiries and periods are counted by these clocks'

/** How each check of `/readyz` is mended. */
const READY_FIXES: Record<string, string> = {
  database: 'start the database, or mend the way to it; nothing that costs is served without it',
  clock: SYNCHRONISE,
  providers: 'faregate provider list',
  disk: 'make room where the data folder is',
  limits: 'start Redis, or mend the way to it; until then each replica keeps to its share of the limits',
  records: 'the database was too slow to take the records of requests; charges are not affected',
}

/** What `/readyz` says, check by check. */
export const readiness: Check = async ({ gateway: { url, fetch } }) => {
  const answer = await fetch(`${url}/readyz`)
  const { checks = [] } = (await answer.json()) as { checks?: ReadyCheck[] }
  return checks.map(({ name, ok, required, detail }): Finding => {
    if (ok) return { check: `ready: ${name}`, result: 'ok', detail }
    return { check: `ready: ${name}`, result: required ? 'failed' : 'warning', detail, fix: READY_FIXES[name] ?? 'see `/readyz`' }
  })
}

const CLOCKS_APART_MS = 2_000

/** The gateway's clock beside the one of the machine that asks, exact to the second. */
export const clock: Check = async ({ client, now }) => {
  const asked = now()
  const { startedAt, uptimeSeconds } = await client.getInstance({})
  return [clockFinding(Date.parse(startedAt) + uptimeSeconds * 1_000, asked, now())]
}

/** `theirs` is cut off to whole seconds. */
export function clockFinding(theirs: number, asked: number, answered: number): Finding {
  const check = 'clock'
  const behind = asked - (theirs + 999)
  const apart = Math.max(behind, theirs - answered, 0)
  if (apart < CLOCKS_APART_MS) return { check, result: 'ok', detail: 'the gateway and this machine have the same time' }
  return {
    check,
    result: 'warning',
    detail: `the gateway's clock is ${Math.round(apart / 1_000)} s ${behind > 0 ? 'behind' : 'ahead of'} this machine's`,
    fix: SYNCHRONISE,
  }
}

const LOOPBACK = /^https?:\/\/(127\.|localhost|\[::1\])/

export const address: Check = async (rig) => [addressFinding((await rig.instance()).publicUrl)]

/** Keys travel with every request: beyond this machine they need TLS, and links need the address that callers use. */
export function addressFinding(publicUrl: string): Finding {
  if (LOOPBACK.test(publicUrl)) return { check: 'address', result: 'ok', detail: 'callers are on this machine' }
  if (/^https?:\/\/(0\.0\.0\.0|\[::\])/.test(publicUrl)) {
    return { check: 'address', result: 'warning', detail: `links name ${publicUrl}`, fix: 'set publicUrl to the address that callers use' }
  }
  if (publicUrl.startsWith('https:')) return { check: 'address', result: 'ok', detail: publicUrl }
  return {
    check: 'address',
    result: 'warning',
    detail: `keys travel unencrypted to ${publicUrl}`,
    fix: 'set tls, or put a proxy with TLS in front and set publicUrl to https',
  }
}

export const audit: Check = async ({ client }) => {
  const { ok, brokenAt } = await client.verifyAudit({})
  if (ok) return [{ check: 'audit', result: 'ok', detail: 'the chain is whole' }]
  const detail = `the chain breaks at row ${brokenAt ?? '?'}`
  return [{ check: 'audit', result: 'failed', detail, fix: 'compare with a backup: rows were changed outside the gateway' }]
}
