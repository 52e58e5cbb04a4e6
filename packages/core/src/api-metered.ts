import { formatAmount, parseAmount, type Nano } from './amount.ts'

/** What a call of an API costs by what goes through it, beside the price of the call itself. Decimal strings. */
export interface ApiMetered {
  /** Of a million bytes of the request's body. */
  sent?: string | undefined
  /** Of a million bytes of the answer's body. */
  received?: string | undefined
  units?: ApiUnits | undefined
}

/** What the answer itself counts: pages, rows, seconds. */
export interface ApiUnits {
  /** Where the answer says how many they are (RFC 6901). */
  pointer: string
  /** Of one. */
  price: string
  /** So many are held for, and no more are charged. */
  most: number
  /** So many are charged where the answer says no number; absent: none. */
  otherwise?: number | undefined
}

/** The same as it is charged, nano-units. */
export interface MeteredPrice {
  /** Of a million bytes; 0: nothing. */
  sent: Nano
  received: Nano
  units?: UnitPrice | undefined
}

export interface UnitPrice {
  pointer: string
  price: Nano
  most: number
  otherwise: number
}

/** What was measured of a call whose price depends on it. */
export interface CallMeasured {
  /** Bytes of the request's body. */
  sent?: number
  /** Bytes of the answer's body: of one that broke off, those that were delivered. */
  received?: number
  /** As many as are charged. */
  units?: number
  /** Where the answer came from, where answers are kept. */
  cache?: 'hit' | 'revalidated' | 'stale' | 'miss' | 'bypass'
}

/** Reads what is written of a route; what cannot be read is refused where definitions are made, and costs nothing here. */
export function meteredPrice({ sent, received, units }: ApiMetered): MeteredPrice {
  return {
    sent: nanoOf(sent),
    received: nanoOf(received),
    ...(units === undefined
      ? {}
      : { units: { pointer: units.pointer, price: nanoOf(units.price), most: units.most, otherwise: units.otherwise ?? 0 } }),
  }
}

/** What {@link meteredTexts} reads: as it is written, or as it is shown. */
interface Readable {
  sent?: string | null | undefined
  received?: string | null | undefined
  units?: Pick<ApiUnits, 'pointer' | 'price' | 'most'> | null | undefined
}

/** As people read it: `0.05 USD for a million bytes received`. `currency`: absent where it is plain. */
export function meteredTexts({ sent, received, units }: Readable, currency?: string): string[] {
  const said = (text: string): string => `${formatAmount(nanoOf(text))}${currency === undefined ? '' : ` ${currency}`}`
  return [
    ...(typeof sent === 'string' ? [`${said(sent)} for a million bytes sent`] : []),
    ...(typeof received === 'string' ? [`${said(received)} for a million bytes received`] : []),
    ...(units ? [`${said(units.price)} for each of ${units.pointer}, at most ${units.most}`] : []),
  ]
}

/** With amounts as they are answered. */
export function shownMetered({ sent, received, units }: ApiMetered) {
  return {
    sent: sent === undefined ? null : formatAmount(nanoOf(sent)),
    received: received === undefined ? null : formatAmount(nanoOf(received)),
    units:
      units === undefined
        ? null
        : { pointer: units.pointer, price: formatAmount(nanoOf(units.price)), most: units.most, otherwise: units.otherwise ?? 0 },
  }
}

function nanoOf(text: string | undefined): Nano {
  return (text === undefined ? undefined : parseAmount(text)) ?? 0n
}
