import { CATALOGUE, type CatalogueEntry } from '@faregate/core'
import type { Page } from './page.ts'

/** The codes as the published client knows them: it imports nothing, so that they are written into it. */
export const clientCodesPage: Page = {
  file: '../packages/client/src/codes.ts',
  text: () =>
    [
      '/** Every code with which a gateway of this version refuses a call. Written by `npm run docs` from the catalogue of the gateway. */',
      'export const CODES = {',
      ...Object.entries(CATALOGUE).map(([code, entry]) => rowOf(code, entry)),
      '} as const',
      '',
      'export type DenialCode = keyof typeof CODES',
      '',
    ].join('\n'),
}

function rowOf(code: string, { status, retryable, title }: CatalogueEntry): string {
  const quote = title.includes("'") ? '"' : "'"
  return `  ${code}: { status: ${status}, retryable: ${retryable}, title: ${quote}${title}${quote} },`
}
