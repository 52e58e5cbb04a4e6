/** Of an error of the SDK what names it, and no text of Stripe's, which may quote a key. */
export interface ErrorFacts {
  name: string
  code?: string
  /** What of the call it is about. */
  param?: string
  /** Of a card: why the bank refuses. */
  declineCode?: string
  status?: number
}

export function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: 'unknown' }
  const code = textOf(error, 'code')
  const param = textOf(error, 'param')
  const declineCode = textOf(error, 'decline_code')
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? { status: error.statusCode } : {}
  return {
    name: textOf(error, 'type') ?? error.name,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
    ...(declineCode === undefined ? {} : { declineCode }),
    ...status,
  }
}

/** Stripe understood the call and refuses it: the same call is refused again. What is wrong with the key, or the network, is mended. */
export function isFinal({ name }: ErrorFacts): boolean {
  return name === 'StripeInvalidRequestError' || name === 'StripeCardError'
}

/** What a call is about is not there: it never was, or is in another account. */
export function isMissing({ name, code }: ErrorFacts): boolean {
  return name === 'StripeInvalidRequestError' && code === 'resource_missing'
}

function textOf(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : undefined
}

/** The facts as a line for the operator. */
export function factsText({ name, status, code }: ErrorFacts): string {
  return [name, status, code].filter((fact) => fact !== undefined).join(' ')
}

/** Stripe did not answer, or not so that the outcome is known. */
export class RailUnavailable extends Error {
  override readonly name = 'RailUnavailable'

  constructor(error: unknown) {
    super(`Stripe cannot be reached, or refuses: ${factsText(factsOf(error))}`)
  }
}
