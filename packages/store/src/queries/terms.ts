import { DEFAULT_DISCLOSURE, type Disclosure, type PriceTerms } from '@faregate/core'
import type { KeyOrganization } from '@faregate/identity/key-entry'
import type { TermsColumns } from '../schema-terms.ts'

type Terms = PriceTerms & { disclosure: Disclosure }

/** The terms of an organization; null columns stand for what everybody has. */
export function termsOf({ price_factor, prices, disclosure }: TermsColumns): Terms {
  return {
    priceFactor: price_factor ?? '1',
    prices: prices === null ? [] : (JSON.parse(prices) as Terms['prices']),
    disclosure: (disclosure as Disclosure | null) ?? DEFAULT_DISCLOSURE,
  }
}

type Given = { [Member in keyof Terms]?: Terms[Member] | undefined }

/** The columns of those that are given. */
export function termsColumns({ priceFactor, prices, disclosure }: Given): Partial<TermsColumns> {
  return {
    ...(priceFactor === undefined ? {} : { price_factor: priceFactor === '1' ? null : priceFactor }),
    ...(prices === undefined ? {} : { prices: prices.length === 0 ? null : JSON.stringify(prices) }),
    ...(disclosure === undefined ? {} : { disclosure: disclosure === DEFAULT_DISCLOSURE ? null : disclosure }),
  }
}

/** What keys are told of them: nothing where they are those of everybody. */
export function termsInForce(columns: TermsColumns): Pick<KeyOrganization, 'terms' | 'disclosure'> {
  const { disclosure, ...terms } = termsOf(columns)
  return {
    ...(columns.price_factor === null && columns.prices === null ? {} : { terms }),
    ...(columns.disclosure === null ? {} : { disclosure }),
  }
}
