import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONTRACT_FIELDS, SAVED_FIELDS, STRICT } from '../apis/fields/contract.ts'
import { definitionsOf, namesOf, settingOf, type Places, type Seen, type TriedSeen } from '../apis/fields/field.ts'
import { send } from '../support/http.ts'
import type { Sent } from '../support/http.ts'
import type { Knobs, Worlds } from './tuned.ts'

const FILE = 'strict.yaml'

/** Puts the document beside the configuration that names it. */
export function writeDocument(folder: string): void {
  writeFileSync(join(folder, FILE), STRICT)
}

/** Two APIs for each field of how calls are held to a document, and of the calls that are saved with them. */
export function contractApis(places: Places): Record<string, unknown> {
  const documented = Object.entries(definitionsOf(CONTRACT_FIELDS, places)).map(([name, definition]): [string, unknown] => [
    name,
    { ...definition, document: `./${FILE}`, routes: [{ method: 'GET', path: '/a', price: '0.01' }] },
  ])
  return { ...Object.fromEntries(documented), ...definitionsOf(SAVED_FIELDS, places) }
}

function seenOf({ tuned, places }: Worlds, name: string): TriedSeen {
  const by =
    (key: string): Seen['call'] =>
    (path, sent: Sent = {}) =>
      send(`${tuned.url}/${name}${path}`, { ...sent, headers: { authorization: `Bearer ${key}`, ...sent.headers } })
  const tried = async () => {
    const report = await tuned.api.expect<{ contract: unknown }>(200, 'POST', `/api/apis/${name}/test`, {
      against: 'upstream',
      unsafe: true,
    })
    return report.contract
  }
  const catalogued = () => by(places.rich.key)('/')
  const anybody: Seen['call'] = (path, sent) => send(`${tuned.url}/${name}${path}`, sent)
  return { name, origin: tuned.url, places, call: by(places.rich.key), anybody, poor: by(places.poor.key), catalogued, tried }
}

/** Settings of how an API is held to what is written of it. */
export const CONTRACT_KNOBS: Knobs = {
  ...Object.fromEntries(
    Object.entries({ ...CONTRACT_FIELDS, ...SAVED_FIELDS }).map(([field, { see }]) => [
      settingOf(field),
      async (worlds: Worlds) => {
        const [a, b] = namesOf(field).map((name) => seenOf(worlds, name))
        assert.ok(a && b)
        assert.notDeepEqual(await see(a), await see(b))
      },
    ]),
  ),

  'apis.*.document': async ({ tuned }) => {
    const [documented] = namesOf('validation.request')
    const { info } = await tuned.api.expect<{ info: unknown }>(200, 'GET', `/api/apis/${documented}/document`)
    assert.deepEqual(info, { title: 'Strict', version: '1' })
    assert.equal((await tuned.api.call('GET', '/api/apis/plain/document')).status, 404)
  },
}
