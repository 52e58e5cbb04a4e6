import { CATALOGUE, NOTICES, type CatalogueEntry } from '@faregate/core'
import { MANAGEMENT_PROBLEMS } from '@faregate/contract'
import { heading, table, type Page } from './page.ts'

const ACTORS: Record<CatalogueEntry['actor'], string> = {
  caller: 'caller',
  key_owner: 'key owner',
  team_admin: 'team administrator',
  org_admin: 'administrator of the organization',
  billing_admin: 'whoever pays',
  publisher: 'publisher',
  operator: 'operator',
}

function overview(catalogue: Record<string, CatalogueEntry>): string[] {
  const rows = Object.entries(catalogue).map(([code, { status, actor, retryable }]) => [
    `[\`${code}\`](#${code})`,
    String(status),
    ACTORS[actor],
    retryable ? 'yes' : 'no',
  ])
  return table(['code', 'status', 'mended by', 'retry'], rows)
}

function entries(catalogue: Record<string, CatalogueEntry>): string[] {
  return Object.entries(catalogue).flatMap(([code, { status, title, meaning, mend }]) => [
    `### ${code}`,
    '',
    `${status} · ${title}. ${meaning}`,
    '',
    ...mend.map((step, index) => `${index + 1}. ${step}`),
    '',
  ])
}

function notices(): string[] {
  return Object.entries(NOTICES).flatMap(([code, { title, headers, meaning, mend }]) => [
    `### Notice: ${code}`,
    '',
    `${title}. ${meaning}${headers.length === 0 ? '' : ` Headers: ${headers.map((name) => `\`${name}\``).join(', ')}.`}`,
    '',
    ...mend.map((step, index) => `${index + 1}. ${step}`),
    '',
  ])
}

/** Every refusal there is, as the catalogues say it. */
export const denialsPage: Page = {
  file: 'reference/denials.md',
  text: () =>
    [
      ...heading('Denials', 'the catalogues of `packages/core` and `packages/contract`'),
      'Every refusal carries one of these codes: in the body as `code`, and in the header `Faregate-Denial`. When several apply, the first',
      'in this order is the answer and the others are in `also`. `x-should-retry` tells SDKs whether the same request can succeed by waiting.',
      'The same pages are served by the gateway under `/problems`.',
      '',
      '| status | it is used if and only if |',
      '| --- | --- |',
      '| 401 | the credential is missing, unknown, expired, revoked or disabled |',
      '| 402 | a payment, available now to someone named in the answer, would make the same request succeed |',
      '| 403 | a named person must change a policy or a permission; neither paying nor waiting helps |',
      '| 404 | it does not exist |',
      '| 409, 422 | an `Idempotency-Key` is in use, or was used for another request |',
      '| 429 | waiting a short time would make it succeed |',
      '| 5xx | the operator or the provider must act; the caller is not at fault and is not charged |',
      '',
      '## Calls',
      '',
      ...overview(CATALOGUE),
      '',
      ...entries(CATALOGUE),
      '## Management API',
      '',
      'The management API uses the codes above, and these:',
      '',
      ...overview(MANAGEMENT_PROBLEMS),
      '',
      ...entries(MANAGEMENT_PROBLEMS),
      '## Notices',
      '',
      'Nothing is refused by these. An answer that is served says them in the header `Faregate-Notice`, a list when there are several.',
      '',
      ...notices(),
    ].join('\n'),
}
