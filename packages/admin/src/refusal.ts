import type { ManagementDenial } from '@faregate/contract'

/** A refusal on its way out of a handler: thrown, so that the transaction around it is rolled back. */
export class ManagementRefusal extends Error {
  override readonly name = 'ManagementRefusal'
  readonly denial: ManagementDenial

  constructor(denial: ManagementDenial) {
    super(denial.detail)
    this.denial = denial
  }
}

/** Ends the call with a refusal. */
export function refuse(denial: ManagementDenial): never {
  throw new ManagementRefusal(denial)
}

/** The value, or 404 where there is none: also for what belongs to an organization that the credential does not see. */
export function found<T>(value: T | undefined, kind: string, id: string): T {
  return value ?? notFound(kind, id)
}

export function notFound(kind: string, id: string): never {
  return refuse({ code: 'not_found', detail: `There is no ${kind} "${id}".` })
}

/** 400 for one member of the body, by JSON pointer. */
export function invalid(pointer: string, problem: string): never {
  return refuse({ code: 'request_invalid', detail: `${pointer}: ${problem}`, pointer })
}
