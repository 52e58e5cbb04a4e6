import type { ManagementDenial } from '@faregate/contract'
import { LedgerUnavailable } from '@faregate/ledger/port'
import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { ManagementRefusal } from './refusal.ts'
import { invalidRequest } from './validation.ts'

/** Codes by which the databases say that they are locked, full or gone, rather than that a statement is wrong. */
const DATABASE_GONE = /^(SQLITE_(BUSY|LOCKED|IOERR|FULL|CANTOPEN|READONLY)|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|08|53|57|StoreUnavailable)/

const MEGABYTE = 1024 * 1024

/** What the caller is told of an error. `expected` is false for what the operator has to look at. */
export function denialOf(error: unknown, bodyLimit = MEGABYTE): { denial: ManagementDenial; expected: boolean } {
  if (error instanceof ManagementRefusal) return { denial: error.denial, expected: true }
  if (hasZodFastifySchemaValidationErrors(error)) return { denial: invalidRequest(error.validation, contextOf(error)), expected: true }
  const code = codeOf(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { denial: tooLarge(bodyLimit), expected: true }
  if (error instanceof SyntaxError || code.startsWith('FST_ERR_CTP_')) return { denial: notJson(error), expected: true }
  if (error instanceof LedgerUnavailable || DATABASE_GONE.test(code)) return { denial: unavailable(), expected: false }
  return {
    denial: { code: 'internal_error', detail: 'The gateway failed at this call; the operator finds the cause in its log.' },
    expected: false,
  }
}

function contextOf(error: object): string | undefined {
  return 'validationContext' in error ? String((error as FastifyError).validationContext) : undefined
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function tooLarge(bytes: number): ManagementDenial {
  const detail = `Bodies of this call of the management API are limited to ${bytes / MEGABYTE} MB.`
  return { code: 'request_too_large', detail, limit: { kind: 'body', unit: 'bytes' } }
}

function notJson(error: unknown): ManagementDenial {
  return { code: 'request_invalid', detail: `The body is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`, pointer: '' }
}

function unavailable(): ManagementDenial {
  return {
    code: 'ledger_unavailable',
    detail: 'The database does not answer; nothing was changed, or send it again to be sure.',
    retryAfterSeconds: 1,
  }
}
