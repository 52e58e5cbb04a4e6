import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { meteredTexts } from '@faregate/core'
import { UsageError } from './command.ts'

type Shown = RouteOutput<Routes['getApi']>['routes'][number]
type Metered = NonNullable<NonNullable<RouteInput<Routes['createApi']>['body']['routes']>[number]['metered']>

/** What a call of a route costs, as people read it. */
export function costText({ price, metered, free }: Pick<Shown, 'price' | 'metered' | 'free'>): string {
  if (free) return 'free'
  const parts = [...(price === null ? [] : [price]), ...(metered === null ? [] : meteredTexts(metered))]
  return parts.length === 0 ? 'not said' : parts.join(' and ')
}

/** As it is sent again: what is shown as null is not there. */
export function sentMetered({ sent, received, units }: NonNullable<Shown['metered']>): Metered {
  return {
    ...(sent === null ? {} : { sent }),
    ...(received === null ? {} : { received }),
    ...(units === null ? {} : { units }),
  }
}

const NAMES = new Set(['sent', 'received', 'units', 'each', 'most', 'otherwise'])

/** `received=0.05 units=/usage/pages each=0.01 most=100`, in words. */
export function meteredOf(words: readonly string[]): Metered {
  const said = new Map(words.map((word) => pairOf(word)))
  const [sent, received, pointer, price] = ['sent', 'received', 'units', 'each'].map((name) => said.get(name))
  const [most, otherwise] = ['most', 'otherwise'].map((name) => said.get(name))
  if (pointer === undefined && (price ?? most ?? otherwise) !== undefined)
    throw new UsageError('each, most and otherwise are of units: say where the answer counts them, like units=/usage/pages')
  if (pointer !== undefined && (price === undefined || most === undefined))
    throw new UsageError('units need what each costs and how many there are at most, like units=/usage/pages each=0.01 most=100')
  return {
    ...(sent === undefined ? {} : { sent }),
    ...(received === undefined ? {} : { received }),
    ...(pointer === undefined || price === undefined
      ? {}
      : { units: { pointer, price, most: Number(most), ...(otherwise === undefined ? {} : { otherwise: Number(otherwise) }) } }),
  }
}

function pairOf(word: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^([a-z]+)=(.+)$/s.exec(word) ?? []
  if (!NAMES.has(name)) throw new UsageError(`"${word}" is nothing that is metered: one of ${[...NAMES].join(', ')}, like received=0.05`)
  return [name, value]
}
