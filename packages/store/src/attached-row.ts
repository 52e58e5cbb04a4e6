import type { AttachedRow } from '@faregate/ledger/port'
import type { Row } from './ledger-rows.ts'

/** Values of an attached idempotency row in the order of its columns. Throws where one is missing. */
export function idempotencyValues(values: AttachedRow['values']): Row {
  return ['scope', 'key', 'request_hash', 'status', 'response', 'created_at'].map((column) => {
    const value = values[column]
    if (value === undefined || value === null) throw new Error(`an attached idempotency row lacks ${column}`)
    return value
  })
}
