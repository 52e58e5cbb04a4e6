import { json } from '../../support/http.ts'
import { eventually, pause } from '../../support/wait.ts'
import assert from 'node:assert/strict'
import { endOfSilence, ofSockets } from './sockets.ts'
import type { Field, Fields, Places, Seen } from './field.ts'

type Value = Record<string, unknown>

/** How many of eight calls each of the two services got. */
async function shares({ call, places: { service, second }, name }: Seen): Promise<number[]> {
  for (let i = 0; i < 8; i++) await call(`/share-${name}`)
  return [service, second].map((each) => each.callsOf(`/share-${name}`).length)
}

const both = ({ service, second }: Places, weight: number): Value => ({
  upstreams: [{ baseUrl: service.url, weight }, { baseUrl: second.url }],
})

const statusOf = async ({ call }: Seen, path: string): Promise<number> => (await call(path)).status

/** Whether calls are still made, after so many failures and so much time. */
function afterFailures(count: number, milliseconds: number): Field['see'] {
  return async (seen) => {
    for (let i = 0; i < count; i++) await seen.call('/status/500')
    await pause(milliseconds)
    return statusOf(seen, '/a')
  }
}

const rules = (health: Value) => (): Value => ({ health })

/** By then two checks have been made, which come once a second. */
const CHECKED_MS = 3_000

/** A check of a path that is this API's alone. */
const check =
  (more: Value, path = 'check') =>
  (_places: Places, name: string): Value => ({
    health: { check: { path: `/${path}-${name}`, intervalMs: 1_000, timeoutMs: 900, healthy: 1, unhealthy: 1, ...more } },
  })

const checksOf = ({ places, name }: Seen): number => places.service.callsOf(`/check-${name}`).length

/** How the API answers some time after its check began to fail. */
const failing: Field['see'] = async (seen) => {
  const { failing: paths } = seen.places.service
  paths.add(`/check-${seen.name}`)
  await pause(CHECKED_MS)
  const status = await statusOf(seen, '/a')
  paths.delete(`/check-${seen.name}`)
  return status
}

/** How it answers some time after its check passes again. */
const mended: Field['see'] = async (seen) => {
  const { failing: paths } = seen.places.service
  paths.add(`/check-${seen.name}`)
  await eventually(async () => assert.equal(await statusOf(seen, '/a'), 502))
  paths.delete(`/check-${seen.name}`)
  await pause(CHECKED_MS)
  return statusOf(seen, '/a')
}

const limitMs = async ({ call }: Seen, path: string): Promise<unknown> => {
  const answer = await call(path)
  return (json(answer)['limit'] as Value | undefined)?.['milliseconds']
}

/** Fields of a definition that decide which upstream is called, when, and for how long it is waited for. */
export const UPSTREAM_FIELDS: Fields = {
  'upstreams[].baseUrl': {
    a: ({ service }) => ({ upstreams: [{ baseUrl: service.url }] }),
    b: ({ second }) => ({ upstreams: [{ baseUrl: second.url }] }),
    see: shares,
  },
  'upstreams[].weight': { a: (places) => both(places, 1), b: (places) => both(places, 3), see: shares },
  'health.failures': { a: rules({ failures: 1 }), b: rules({ failures: 3 }), see: afterFailures(2, 0) },
  'health.asideMs': { a: rules({ failures: 1, asideMs: 100 }), b: rules({ failures: 1, asideMs: 60_000 }), see: afterFailures(1, 300) },
  'health.check.path': {
    a: check({ path: '/status/200' }),
    b: check({ path: '/status/503' }),
    see: async (seen) => {
      await pause(CHECKED_MS)
      return statusOf(seen, '/a')
    },
  },
  'health.check.intervalMs': {
    a: check({ intervalMs: 1_000 }),
    b: check({ intervalMs: 3_600_000 }),
    see: async (seen) => {
      await pause(CHECKED_MS)
      return checksOf(seen) > 1
    },
  },
  'health.check.timeoutMs': {
    a: check({ timeoutMs: 50, path: '/late/300' }),
    b: check({ timeoutMs: 3_000, path: '/late/300' }),
    see: async (seen) => {
      await pause(CHECKED_MS)
      return statusOf(seen, '/a')
    },
  },
  'health.check.healthy': { a: check({ healthy: 1 }), b: check({ healthy: 100 }), see: mended },
  'health.check.unhealthy': { a: check({ unhealthy: 1 }), b: check({ unhealthy: 100 }), see: failing },
  retries: {
    a: ({ dead, service }) => ({ upstreams: [{ baseUrl: dead }, { baseUrl: service.url }], health: { failures: 1000 }, retries: 0 }),
    b: ({ dead, service }) => ({ upstreams: [{ baseUrl: dead }, { baseUrl: service.url }], health: { failures: 1000 }, retries: 1 }),
    see: async (seen) => [await statusOf(seen, '/a'), await statusOf(seen, '/a')],
  },
  'timeouts.connectMs': {
    a: ({ deaf }) => ({ upstream: { baseUrl: deaf }, timeouts: { connectMs: 100 } }),
    b: ({ deaf }) => ({ upstream: { baseUrl: deaf }, timeouts: { connectMs: 300 } }),
    see: (seen) => limitMs(seen, '/a'),
  },
  'timeouts.firstByteMs': {
    a: () => ({ timeouts: { firstByteMs: 100 } }),
    b: () => ({ timeouts: { firstByteMs: 300 } }),
    see: (seen) => limitMs(seen, '/silent'),
  },
  'timeouts.idleMs': {
    a: ({ sockets }) => ({ ...ofSockets(sockets), timeouts: { idleMs: 100 } }),
    b: ({ sockets }) => ({ ...ofSockets(sockets), timeouts: { idleMs: 3_600_000 } }),
    see: endOfSilence,
  },
  'timeouts.silenceMs': {
    a: () => ({ timeouts: { silenceMs: 100 } }),
    b: () => ({ timeouts: { silenceMs: 300 } }),
    see: (seen) => limitMs(seen, '/stuck/10'),
  },
}
