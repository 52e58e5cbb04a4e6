import { shellWord } from '@faregate/core'
import { allowsModel } from '@faregate/identity'
import type { KeyRow } from '../rows.ts'
import { codeOf, modelOf, type Evidence, type Look } from './evidence.ts'

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
  if (allowsModel(key, model)) return { result: 'ok', detail: `It may call ${model}.`, ...ifRefusedFor(evidence, 'permission_denied') }
  return {
    result: 'failed',
    detail: `${named(key)} may not call ${model}; it may call ${(key.models ?? []).join(', ')}.`,
    fix: `Allow it: \`faregate key update ${key.id} --models ${shellWord([...(key.models ?? []), model].join(','))}\`.`,
  }
}

function ifRefusedFor(evidence: Evidence, ...codes: string[]): { mended?: true } {
  return codes.includes(codeOf(evidence) ?? '') ? { mended: true } : {}
}
