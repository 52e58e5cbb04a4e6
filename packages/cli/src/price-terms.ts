import type { RouteInput, Routes } from '@faregate/contract'
import { DISCLOSURES, parseDecimal, type Disclosure, type PriceTerms } from '@faregate/core'
import { UsageError, type Option, type Options } from './command.ts'
import { ratesOf } from './parse.ts'

type Overrides = NonNullable<RouteInput<Routes['updateOrganization']>['body']['prices']>

export const PRICE_OPTIONS: Option[] = [
  { flags: '--price-factor <factor>', summary: 'what models cost, as a factor on their price (1)' },
  {
    flags: '--override <rule>',
    summary: 'what single models cost: MODELS=FACTOR or MODELS=BUCKET=PRICE,…, like gpt-*=0.8; may be repeated',
    repeatable: true,
  },
]

export const DISCLOSURE_OPTION: Option = {
  flags: '--disclosure <level>',
  summary: `how much refusals tell its callers: ${DISCLOSURES.join(', ')} (amounts)`,
}

/** What `--price-factor`, `--override` and `--no-overrides` say, as members of a body. @throws UsageError */
export function priceTermsOf(options: Options): { priceFactor?: string; prices?: Overrides } {
  const overrides = options.list('override')
  if (overrides !== undefined && options.isOff('overrides')) throw new UsageError('--override and --no-overrides contradict each other')
  return {
    ...options.some('priceFactor'),
    ...(overrides === undefined ? {} : { prices: overrides.map(overrideOf) }),
    ...(options.isOff('overrides') ? { prices: [] } : {}),
  }
}

/** Reads `gpt-*=0.8` or `gpt-5=input=0.05,output=0.40`. @throws UsageError */
export function overrideOf(text: string): Overrides[number] {
  const at = text.indexOf('=')
  const [models, rule] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || rule === '')
    throw new UsageError(`--override is "${text}": write MODELS=FACTOR, like gpt-*=0.8, or MODELS=input=0.05,output=0.40`)
  return parseDecimal(rule) === undefined ? { models, price: ratesOf(rule.split(',')) } : { models, factor: rule }
}

/** What `--disclosure` says. @throws UsageError */
export function levelOf(options: Options): { disclosure?: Disclosure } {
  const text = options.text('disclosure')
  if (text === undefined) return {}
  const disclosure = DISCLOSURES.find((one) => one === text)
  if (disclosure === undefined) throw new UsageError(`--disclosure is "${text}": one of ${DISCLOSURES.join(', ')}`)
  return { disclosure }
}

/** Terms for a table; null where they are those of everybody. */
export function priceTermsText({ priceFactor, prices }: PriceTerms): string | null {
  const overrides = prices.map(({ models, factor, price = {} }) => {
    const rates = Object.entries(price).map(([bucket, rate]) => `${bucket}=${rate}`)
    return `${models} ${factor === undefined ? rates.join(',') : `× ${factor}`}`
  })
  const parts = [...(priceFactor === '1' ? [] : [`× ${priceFactor}`]), ...overrides]
  return parts.length === 0 ? null : parts.join('; ')
}
