import { EVERY_FEATURE, limitWord, shellWord } from '@faregate/core'
import type { RouteOutput, Routes } from '@faregate/contract'

export type Plan = RouteOutput<Routes['listPlans']>['data'][number]

/** What makes the next version of a plan as it is. */
export type PlanWords = Omit<Plan, 'version' | 'organization' | 'createdAt' | 'quotas'> & {
  quotas: (Omit<Plan['quotas'][number], 'limit'> & { limit: number | string })[]
}

/** The command that creates a plan with these terms. */
export function planCommand(plan: PlanWords): string {
  const flags: [flag: string, value: string | boolean][] = [
    ['--price', plan.price],
    ['--period', plan.period],
    ...plan.models.map((model): [string, string] => ['--model', model]),
    ...plan.apis.map((api): [string, string] => ['--api', api]),
    ...plan.quotas.map(({ counts, models, apis, limit, overage }): [string, string] => {
      const much = `${limit}${overage === null ? '' : `:${overage}`}`
      return models === null ? ['--api-quota', `${apis}:${much}`] : ['--quota', `${counts}:${models}:${much}`]
    }),
    ...plan.features.filter((feature) => feature !== EVERY_FEATURE).map((feature): [string, string] => ['--feature', feature]),
    ...plan.prices.map(({ models, factor, price = {} }): [string, string] => [
      '--override',
      `${models}=${
        factor ??
        Object.entries(price)
          .map(([bucket, rate]) => `${bucket}=${rate}`)
          .join(',')
      }`,
    ]),
    ...plan.limits.map((limit): [string, string] => ['--limit', limitWord(limit)]),
    ['--trial-days', String(plan.trialDays)],
    ['--grace-days', String(plan.graceDays)],
    ['--credit', plan.credit],
    ['--price-factor', plan.priceFactor],
    ['--exclusive', plan.exclusive],
    ['--unlisted', !plan.listed],
    ['--approval', plan.approval],
    ['--payment-method', plan.paymentMethod],
  ]
  const words = flags.flatMap(([flag, value]) => {
    if (typeof value === 'boolean') return value ? [flag] : []
    return DEFAULTS[flag] === value ? [] : [`${flag} ${shellWord(value)}`]
  })
  return ['faregate plan create', shellWord(plan.name), ...words].join(' ')
}

/** What need not be said. */
const DEFAULTS: Record<string, string> = {
  '--period': 'month',
  '--trial-days': '0',
  '--grace-days': '3',
  '--credit': '0.00',
  '--price-factor': '1',
}
