import { BUCKETS } from '../../../packages/core/src/index.ts'
import type { Customer } from '../../support/gateway.ts'
import { callThatUses, MARKED_FOR_AN_HOUR } from './usage.ts'
import type { FieldWorld, Row, Rows } from './world.ts'

/** A customer for whom members hold, whoever has them and however they came there. */
export type Having = (world: FieldWorld, members: Record<string, unknown>, credit?: string) => Promise<Customer>

const DAILY = { kind: 'requests', amount: 1, per: 'day' }

/** The fields of limits. */
export function limitRows(having: Having): Rows {
  const row = (a: object, b: object, calls: { user?: string; tag?: string }[] = [{}, {}]): Row => ({
    a,
    b,
    see: async (world, limit) => world.codes(await having(world, { limits: [limit] }), calls),
  })
  // Whoever may have one a minute is told to wait for the next; whoever may have one a day is not to wait.
  const wait: Row = {
    a: 'minute',
    b: 'day',
    see: async (world, per) => {
      const customer = await having(world, { limits: [{ ...DAILY, per }] })
      const [, refused] = [await world.call(customer), await world.call(customer)]
      return [refused.code, refused.waits]
    },
  }
  return {
    'limits[].kind': row(DAILY, { kind: 'concurrency', amount: 1 }),
    'limits[].amount': row(DAILY, { ...DAILY, amount: 2 }),
    'limits[].per': wait,
    'limits[].burst': row({ ...DAILY, amount: 2, burst: 1 }, { ...DAILY, amount: 2, burst: 2 }),
    'limits[].by': row({ ...DAILY, by: 'user' }, { ...DAILY, by: 'tag' }, [
      { user: 'one', tag: 'same' },
      { user: 'two', tag: 'same' },
    ]),
  }
}

/** The fields of a spend cap. */
export function capRows(name: string, having: Having): Rows {
  const asked = [{ user: 'someone', tag: 'something' }]
  return {
    [`${name}.amount`]: {
      a: '0.001',
      b: '1.00',
      see: async (world, amount) => world.codes(await having(world, { [name]: { amount, period: 'total' } }), asked),
    },
    [`${name}.period`]: {
      a: 'day',
      b: 'total',
      // A call leaves too little for another one: until the next day, or for good.
      see: async (world, period) => {
        const later = await world.later()
        const customer = await having(later, { [name]: { amount: '0.01', period } })
        const before = await later.codes(customer, asked)
        await later.nextDay()
        return [...before, ...(await later.codes(customer, asked))]
      },
    },
  }
}

/** The fields of what models cost somebody. `model`: the one that is called. */
export function priceRows(
  having: (world: FieldWorld, members: Record<string, unknown>) => Promise<{ customer: Customer; model: string }>,
): Rows {
  const cost =
    (members: (value: unknown) => Record<string, unknown>): Row['see'] =>
    async (world, value) => {
      const { customer, model } = await having(world, members(value))
      return (await world.call(customer, { model })).cost
    }
  const buckets = BUCKETS.map((bucket): [string, Row] => [
    `prices[].price.${bucket}`,
    {
      a: '3',
      b: '4',
      see: async (world, rate) => {
        const price = { input: '1', output: '1', [bucket]: rate }
        const { customer, model } = await having(world, { prices: [{ models: '*', price }] })
        if (bucket === 'cacheWrite1h') return world.hold(customer, MARKED_FOR_AN_HOUR, model)
        return world.paidAfter(customer, callThatUses(bucket), model)
      },
    },
  ])
  return {
    priceFactor: { a: '1', b: '0.5', see: cost((priceFactor) => ({ priceFactor })) },
    'prices[].models': { a: '*', b: 'other-*', see: cost((models) => ({ prices: [{ models, factor: '0.5' }] })) },
    'prices[].factor': { a: '1', b: '0.5', see: cost((factor) => ({ prices: [{ models: '*', factor }] })) },
    ...Object.fromEntries(buckets),
  }
}
