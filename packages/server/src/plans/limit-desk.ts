import type { AdminDeps } from '@faregate/admin'
import type { ManagementDenial } from '@faregate/contract/problems'
import type { Denial, Fix } from '@faregate/core'
import type { LimitDesk } from '@faregate/gateway'

/** Takes requests for higher limits to the management API, which is loaded with the first of them. `deps` come later than the data plane. */
export class LateLimitDesk implements LimitDesk {
  #deps: AdminDeps | undefined

  open(deps: AdminDeps): void {
    this.#deps = deps
  }

  async ask(...[key, asked]: Parameters<LimitDesk['ask']>): Promise<object | Denial> {
    const { askWithKey, ManagementRefusal } = await this.#management()
    try {
      return await askWithKey(this.#opened(), key, asked)
    } catch (error) {
      if (!(error instanceof ManagementRefusal)) throw error
      return asDenial(error.denial)
    }
  }

  async find(...[key, id]: Parameters<LimitDesk['find']>): Promise<object | undefined> {
    const { findWithKey } = await this.#management()
    return findWithKey(this.#opened(), key, id)
  }

  async #management() {
    const [desk, { ManagementRefusal }] = await Promise.all([
      import('@faregate/admin/limit-requests/desk'),
      import('@faregate/admin/refusal'),
    ])
    return { ...desk, ManagementRefusal }
  }

  #opened(): AdminDeps {
    if (this.#deps === undefined) throw new Error('the management API is not there yet')
    return this.#deps
  }
}

/** What the management API refuses with, as callers of models know it. */
function asDenial({ code, detail, pointer, fixes, retryAfterSeconds }: ManagementDenial): Denial {
  switch (code) {
    case 'conflict':
      return { code: 'rate_limited', detail, limit: ASKING, retryable: false, ...(fixes === undefined ? {} : { fixes }) }
    case 'idempotency_in_progress':
    case 'idempotency_mismatch':
      return { code, detail, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
    default: {
      const mend: Fix = { kind: 'change_request', action: 'mend_member', by: 'caller', canYou: true, pointer: pointer ?? '' }
      return { code: 'request_invalid', detail, pointer: pointer ?? '', fixes: [mend] }
    }
  }
}

/** A key asks for so much in a day. */
const ASKING = { kind: 'rate', unit: 'requests', required: '1', available: '0', per: 'day' } as const
