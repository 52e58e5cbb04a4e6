import assert from 'node:assert/strict'
import { sendJson } from '../support/behaviours.ts'
import { nano } from '../support/decimal.ts'
import { send } from '../support/http.ts'
import type { Exchange } from '../support/upstream.ts'
import type { Knob, Knobs, Worlds } from './tuned.ts'

/** A millionth of a unit's price as it is written, in units of 1e-9. */
const UNIT = 1_000_000n

interface Call {
  path: string
  body: string | Buffer
  type?: string
  answer: (exchange: Exchange) => unknown
}

/** What one call takes from the balance, in units of 1e-9. */
async function spent({ tuned, rich, upstream }: Worlds, { path, body, type = 'application/json', answer }: Call): Promise<bigint> {
  // A form names its model where the upstream does not look for it.
  for (const model of ['units', '']) upstream.on(model, answer)
  const used = async (): Promise<bigint> => nano((await tuned.api.balance(rich.organization)).posted)
  const before = await used()
  const headers = { authorization: `Bearer ${rich.key}`, 'content-type': type }
  const result = await send(tuned.url + path, { method: 'POST', headers, body })
  assert.equal(result.status, 200, result.text)
  return (await used()) - before
}

const json =
  (value: unknown): Call['answer'] =>
  (exchange) =>
    sendJson(exchange, 200, value)

function priced(call: Call, due: bigint): Knob {
  return async (worlds) => assert.equal(await spent(worlds, call), due)
}

/** Five seconds, by their bytes at the lowest rate. */
const FORM = `--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nunits\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n${'x'.repeat(5_000)}\r\n--b--\r\n`

/** Prices of what is counted and is no token. */
export const UNIT_KNOBS: Knobs = {
  'models.*.price.image': priced(
    {
      path: '/v1/images/generations',
      body: JSON.stringify({ model: 'units', prompt: 'an otter', n: 3 }),
      answer: json({ created: 1, data: [{ b64_json: 'A' }, { b64_json: 'B' }] }),
    },
    2n * 29n * UNIT,
  ),
  'models.*.price.second': priced(
    {
      path: '/v1/audio/transcriptions',
      body: FORM,
      type: 'multipart/form-data; boundary=b',
      answer: json({ text: 'Hi', usage: { type: 'duration', seconds: 4 } }),
    },
    4n * 31n * UNIT,
  ),
  'models.*.price.character': priced(
    {
      path: '/v1/audio/speech',
      body: JSON.stringify({ model: 'units', input: 'Hello', voice: 'alloy' }),
      answer: ({ response }) => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(Buffer.alloc(500)),
    },
    5n * 37n * UNIT,
  ),
  'models.*.price.search': priced(
    {
      path: '/v1/rerank',
      body: JSON.stringify({ model: 'units', query: 'q', documents: ['a', 'b'] }),
      answer: json({ results: [], meta: { billed_units: { search_units: 1 } } }),
    },
    41n * UNIT,
  ),
}
