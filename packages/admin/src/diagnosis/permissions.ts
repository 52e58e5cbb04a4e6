import { type KeyScope, shellWord } from '@faregate/core'
import { allowsModel, inRanges } from '@faregate/identity'
import type { KeyRow } from '../rows.ts'
import { codeOf, modelOf, permittedNow, requiredOf, type Evidence, type Look } from './evidence.ts'

function named({ name, lastFour }: KeyRow): string {
  return `The key "${name}" (…${lastFour})`
}

/** Whether the key works. */
export const keyNow: Look = (evidence) => {
  const { key, now } = evidence
  if (key === undefined) return undefined
  if (key.state === 'disabled')
    return { result: 'failed', detail: `${named(key)} is switched off.`, fix: `Switch it on: \`faregate key enable ${key.id}\`.` }
  if (key.state === 'revoked')
    return { result: 'failed', detail: `${named(key)} was revoked, for good.`, fix: 'Create a new key: `faregate key create`.' }
  if (key.expiresAt !== null && key.expiresAt <= now)
    return {
      result: 'failed',
      detail: `${named(key)} has expired.`,
      fix: `Move its expiry: \`faregate key update ${key.id}\`, or create a new key.`,
    }
  return { result: 'ok', detail: `${named(key)} works.`, ...ifRefusedFor(evidence, 'key_disabled', 'key_expired') }
}

/** Whether the organization may call at all. */
export const organizationNow: Look = (evidence) => {
  const { organization } = evidence
  if (organization === undefined) return undefined
  const { id, name, suspended } = organization
  if (suspended === null) return { result: 'ok', detail: `${name} may call.`, ...ifRefusedFor(evidence, 'account_suspended') }
  return {
    result: 'failed',
    detail: `${name} is suspended: ${suspended.reason}.`,
    fix: `Whoever runs the gateway resumes it: \`faregate org resume ${id}\`.`,
  }
}

/** Whether the key may call the model. Whoever calls a prompt needs the API alone. */
export const modelAllowedNow: Look = (evidence) => {
  const { key, request } = evidence
  const model = modelOf(evidence)
  if (key === undefined || model === undefined || typeof request?.api === 'string') return undefined
  if (allowsModel(key, model)) return { result: 'ok', detail: `It may call ${model}.`, ...permittedNow(evidence, 'model') }
  return {
    result: 'failed',
    detail: `${named(key)} may not call ${model}; it may call ${(key.models ?? []).join(', ')}.`,
    fix: `Allow it: \`faregate key update ${key.id} --models ${shellWord([...(key.models ?? []), model].join(','))}\`.`,
  }
}

/** Whether the key may be used for such a request. A key without scopes may be used for everything. */
export const scopeAllowedNow: Look = (evidence) => {
  const { key } = evidence
  const scope = requiredOf(evidence, 'scope') ?? scopeOf(evidence)
  if (key === undefined || scope === undefined) return undefined
  if (key.scopes.length === 0)
    return requiredOf(evidence, 'scope') === undefined
      ? undefined
      : { result: 'ok', detail: 'It may be used for everything.', ...permittedNow(evidence, 'scope') }
  if (key.scopes.includes(scope)) return { result: 'ok', detail: `It has the scope "${scope}".`, ...permittedNow(evidence, 'scope') }
  return {
    result: 'failed',
    detail: `${named(key)} is limited to ${key.scopes.join(', ')}; this needs the scope "${scope}".`,
    fix: `Add it: \`faregate key update ${key.id} --scope ${[...key.scopes, scope].join(' --scope ')}\`.`,
  }
}

/** By what was called, where the refusal does not say. */
function scopeOf({ request }: Evidence): KeyScope | undefined {
  if (request === undefined) return undefined
  if (typeof request.api === 'string') return 'apis'
  if (typeof request.model !== 'string') return undefined
  return /count_tokens$|:countTokens$/.test(request.path) ? 'count' : 'models'
}

/** Whether the key may be used from where the request came. That is not recorded: a refusal alone says it. */
export const addressAllowedNow: Look = (evidence) => {
  const { key } = evidence
  const address = requiredOf(evidence, 'address')
  if (key === undefined) return undefined
  if (address === undefined)
    return key.addresses === null ? undefined : { result: 'ok', detail: `It may be used from ${key.addresses.join(', ')} only.` }
  if (key.addresses === null || inRanges(key.addresses, address))
    return { result: 'ok', detail: `It may be used from ${address}.`, ...permittedNow(evidence, 'address') }
  return {
    result: 'failed',
    detail: `${named(key)} may not be used from ${address}; it may be used from ${key.addresses.join(', ')}.`,
    fix: `Allow it: \`faregate key update ${key.id} --address ${[...key.addresses, address].join(' --address ')}\`.`,
  }
}

function ifRefusedFor(evidence: Evidence, ...codes: string[]): { mended?: true } {
  return codes.includes(codeOf(evidence) ?? '') ? { mended: true } : {}
}
