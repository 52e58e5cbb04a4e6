import type { CallMeasured, Denial, MeteredPrice, Nano } from '@faregate/core'
import { meteredCost } from '@faregate/pricing'
import { countsOf } from '../../plans/counts.ts'
import type { Slicing, Wanted } from '../../slice.ts'
import { ByteCover } from './cover.ts'
import { saysUnits, unitsOf, untold } from './units.ts'

type Headers = Record<string, string | string[] | undefined>

interface SentBody {
  length: number | undefined
  collected: boolean
}

/** Measures one call, keeps it covered, and says what it costs. */
export class Meter {
  readonly cover: ByteCover
  readonly #price: Nano
  readonly #metered: MeteredPrice
  readonly #legs: Slicing['reservation']['plan']['legs']
  #sent: number
  /** All of the body that will be sent was. */
  #sentAll: boolean
  #refusal: Denial | undefined
  #delivered: () => number = () => 0

  /** `length` of the request's body; undefined: that is not known. `collected`: it is here. */
  constructor(slicing: Slicing, price: Nano, metered: MeteredPrice, { length, collected }: SentBody) {
    this.#price = price
    this.#metered = metered
    this.#legs = slicing.reservation.plan.legs
    this.#sent = collected ? (length ?? 0) : 0
    this.#sentAll = collected || length === 0
    const { covered } = slicing.reservation
    this.cover = new ByteCover(slicing, metered, { sent: length ?? 0, received: covered }, () => this.#owed())
  }

  /** Why a part of the body was not sent on. */
  get refusal(): Denial | undefined {
    return this.#refusal
  }

  /** Who knows how many bytes of the answer the caller's socket has taken. */
  watch(delivered: () => number): void {
    this.#delivered = delivered
  }

  /** The body as it comes: counted, and no piece of it passed on that is not covered. */
  async *counted(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of body) {
      const bytes = this.#sent + piece.length
      this.#refusal = this.cover.fits('sent', bytes) ? undefined : await this.cover.cover('sent', bytes, false)
      if (this.#refusal !== undefined) throw new Error('the body is not covered any more')
      this.#sent = bytes
      yield piece
    }
    this.#sentAll = true
  }

  /** Whether an answer has to be here before it is known what it costs. */
  readsAnswer(headers: Headers): boolean {
    return this.#metered.units !== undefined && saysUnits(headers)
  }

  /** What was measured of an answer that is here. */
  async whole(headers: Headers, body: Buffer, flags: string[]): Promise<CallMeasured> {
    const { units } = this.#metered
    if (units === undefined || body.length === 0) return this.#measured(body.length, 0)
    const { count, flag } = await unitsOf(units, headers, body)
    if (flag !== undefined) flags.push(flag)
    return this.#measured(body.length, count)
  }

  /** The same of one that was passed on as it came: what it counted nobody has read. */
  passed(received: number, flags: string[]): CallMeasured {
    const { units } = this.#metered
    if (units === undefined || received === 0) return this.#measured(received, 0)
    const { count, flag } = untold(units)
    if (flag !== undefined) flags.push(flag)
    return this.#measured(received, count)
  }

  /** Of one that broke off: what was delivered of it, and nothing else of what a call costs. */
  broken(received: number): CallMeasured {
    return this.#metered.received === 0n ? {} : { received }
  }

  cost({ sent = 0, received = 0, units = 0 }: CallMeasured): Nano {
    return meteredCost(this.#price, this.#metered, { sent, received, units })
  }

  costOfBroken({ received = 0 }: CallMeasured): Nano {
    return meteredCost(0n, this.#metered, { sent: 0, received, units: 0 })
  }

  /** What an answer that is passed on will cost; undefined: that is not known yet. */
  foreseen(length: number | undefined): Nano | undefined {
    const { sent, received } = this.#metered
    if ((sent > 0n && !this.#sentAll) || (received > 0n && length === undefined)) return undefined
    return this.cost(this.passed(length ?? 1, []))
  }

  #measured(received: number, units: number): CallMeasured {
    const priced = this.#metered
    return {
      ...(priced.sent === 0n ? {} : { sent: this.#sent }),
      ...(priced.received === 0n ? {} : { received }),
      ...(priced.units === undefined ? {} : { units }),
    }
  }

  /** A kill breaks the answer off. */
  #owed(): Pick<Wanted, 'mark' | 'counts'> {
    const mark = this.costOfBroken({ received: this.#delivered() })
    return mark === 0n ? { mark } : { mark, ...countsOf(this.#legs, { request: 1 }) }
  }
}
