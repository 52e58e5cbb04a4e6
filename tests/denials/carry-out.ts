import assert from 'node:assert/strict'
import { actAs } from '../support/act-as.ts'
import { ManagementApi } from '../support/api.ts'
import { inShell } from '../support/cli.ts'
import type { Customer, Gateway } from '../support/gateway.ts'
import { header, json, send, type Answer } from '../support/http.ts'
import { pause } from '../support/wait.ts'
import { fixesOf, type Fix, type Made } from './world.ts'

/** What a fix leaves open to whoever carries it out. */
interface Open {
  /** Words that stand for something in the command, and what they stand for. */
  words?: Record<string, string>
  /** What is sent to the path that the fix names, instead of running its command. */
  body?: unknown
}

/** Where a refusal happened, and to whom. */
export interface Place {
  gateway: Gateway
  customer?: Customer
  /** Whose plan it is about; absent: the operator's. */
  publisher?: Customer
}

/** The management token of whom a fix names: a publisher is one of the organization that sells the plan. */
function tokenOf({ gateway, customer, publisher }: Place, by: string): Promise<string> {
  return actAs(by, gateway, by === 'publisher' ? publisher : customer)
}

/**
 * Carries out the first fix of a refusal as the one whom it names, exactly as it is written: its command in a shell, or a call of its
 * method and path.
 * @returns what the command printed
 */
export async function carryOutFirst(place: Place, refused: Answer, open: Open = {}): Promise<string> {
  const [fix] = fixesOf(refused)
  assert.ok(fix)
  return carryOut(place, fix, open)
}

/** A refusal after which the same call is served, once its first fix was carried out as it is written. */
export function mendedByFirst(place: Place, refused: Answer, call: () => Promise<Answer>, more: Partial<Made> = {}, open: Open = {}): Made {
  return { answer: refused, ...place, ...more, mend: () => carryOutFirst(place, refused, open).then(call) }
}

/** The same with another of its fixes. */
export async function carryOut(place: Place, fix: Fix, open: Open = {}): Promise<string> {
  const token = await tokenOf(place, fix.by)
  const said = open.body === undefined ? await runCommand(place, token, fix, open.words) : await callPath(place, token, fix, open.body)
  return said
}

async function runCommand(
  { gateway }: Place,
  token: string,
  { command = '', action }: Fix,
  words: Record<string, string> = {},
): Promise<string> {
  assert.match(command, /^faregate /, `${action} says what to run`)
  const filled = Object.entries(words).reduce((text, [word, value]) => {
    assert.ok(text.includes(word), `"${word}" is left open in ${text}`)
    return text.replace(word, value)
  }, command)
  const ran = await inShell(filled, { url: gateway.url, token })
  assert.equal(ran.code, 0, `${filled}: ${ran.stderr}`)
  return ran.stdout
}

async function callPath({ gateway }: Place, token: string, { method, path }: Fix, body: unknown): Promise<string> {
  const changed = await new ManagementApi(gateway.url, token).call(String(method), String(path), body)
  assert.ok(changed.status < 300, `${method} ${path}: ${changed.text}`)
  return changed.text
}

/** Waits for as long as a refusal says, where waiting is its first fix. */
export async function waitAsTold(refused: Answer): Promise<void> {
  const [wait] = fixesOf(refused)
  assert.equal(wait?.kind, 'wait')
  const seconds = Number(header(refused, 'retry-after'))
  assert.ok(seconds >= 1 && seconds <= 60, String(seconds))
  await pause(seconds * 1_000)
}

/** Roles take a permission each: whoever is not `caller`, and has no link, needs to be told where. */
const WITHOUT_A_PLACE = ['configure', 'wait', 'change_request']

/**
 * Whomever a fix names may do it: the path that it names is one, and is open to that role. What is sent there is understood by
 * nothing, so that nothing is changed.
 */
export async function assertNamedMay(place: Place, refused: Answer): Promise<void> {
  for (const { kind, action, by, command, method, path, url } of fixesOf(refused)) {
    if (by === 'caller') continue
    assert.ok(
      WITHOUT_A_PLACE.includes(kind) || command !== undefined || path !== undefined || url !== undefined,
      `${action} says where, or how: ${refused.text.slice(0, 600)}`,
    )
    if (path === undefined) continue
    const api = new ManagementApi(place.gateway.url, await tokenOf(place, by))
    const tried = await api.call(String(method), path, { 'no such member': true })
    assert.ok([200, 400, 409].includes(tried.status), `${action} by ${by}: ${method} ${path}: ${tried.text.slice(0, 400)}`)
  }
}

/** Whoever is asked for a higher limit, as a refusal says, may decide: he rejects what the caller asks with its own key. */
export async function assertNamedDecides(place: Place, refused: Answer): Promise<void> {
  for (const { url, body, decidedBy, canYou } of fixesOf(refused).filter(({ action }) => action === 'request_limit')) {
    if (canYou !== true || place.customer === undefined) continue
    const headers = { authorization: `Bearer ${place.customer.key}` }
    const asked = await send(String(url), { body: { ...(body as object), reason: 'more' }, headers })
    assert.equal(asked.status, 201, asked.text)
    const api = new ManagementApi(place.gateway.url, await tokenOf(place, String(decidedBy)))
    const path = `/api/limit-requests/${String(json(asked)['id'])}/decision`
    await api.expect(201, 'POST', path, { decision: 'reject', reason: 'no' })
  }
}
