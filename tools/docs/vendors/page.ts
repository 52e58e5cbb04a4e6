import { accountsOf, vendors } from '@faregate/providers'
import type { EnvironmentAccount, Vendor } from '@faregate/wire'
import { heading, table, type Page } from '../page.ts'
import { CALLERS_SURFACES, servedBy, type CallersSurface, type Carriage, type Served } from './carriage.ts'
import { GUIDES } from './guides.ts'
import { DIALECT_WORDS, quirkSentences } from './words.ts'

const ALL = [...vendors.values()]

function baseUrlOf({ defaultBaseUrl }: Vendor): string {
  return defaultBaseUrl === undefined ? 'you give it' : `\`${defaultBaseUrl}\``
}

/** `A` + `B` (+ `C`): what is in brackets may be set. */
function accountOf({ variables, optional = [] }: EnvironmentAccount): string {
  const names = variables.map((name) => `\`${name}\``).join(' + ')
  return optional.length === 0 ? names : `${names} (+ ${optional.map((name) => `\`${name}\``).join(', ')})`
}

function variablesOf(vendor: Vendor): string {
  return listed(accountsOf(vendor).map(accountOf), ', or ')
}

function listed(items: readonly string[], by: string): string {
  return items.length === 0 ? '–' : items.join(by)
}

function overview(): string[] {
  return table(
    ['kind', 'vendor', 'base URL', 'connected by'],
    ALL.map((vendor) => [`[\`${vendor.kind}\`](#${vendor.kind})`, vendor.title, baseUrlOf(vendor), variablesOf(vendor)]),
  )
}

/** What callers can have of a vendor, in whichever words. */
function servesOf(vendor: Vendor): string {
  const served = servedBy([vendor])
  const surfaces = CALLERS_SURFACES.filter(({ carriage }) =>
    served.some(({ model }) => ['passes', 'translated'].includes(carriage(vendor, model))),
  )
  return [...new Set(surfaces.map(({ dialect }) => DIALECT_WORDS[dialect].what))].join(', ')
}

function pricesOf({ priceKey, price }: Vendor): string {
  if (price !== undefined) {
    const each = Object.entries(price).map(([bucket, amount]) => `${bucket} ${amount}`)
    return `${each.join(', ')} per million tokens, for all it serves`
  }
  return priceKey === undefined ? "not in the catalogue: state each model's own" : `the catalogue's \`${priceKey}\``
}

function factsOf(vendor: Vendor): string[][] {
  const quirks = quirkSentences(vendor.quirks)
  return [
    ['speaks', vendor.dialects.map((name) => DIALECT_WORDS[name].name).join(', ')],
    ['serves', servesOf(vendor)],
    ['base URL', baseUrlOf(vendor)],
    ['the key goes', vendor.authentication],
    ['connected by', variablesOf(vendor)],
    ['output limit', `\`${vendor.outputLimitMember}\``],
    ['prices', pricesOf(vendor)],
    ...(quirks.length === 0 ? [] : [['differs', quirks.join(' ')]]),
  ]
}

function sectionOf(vendor: Vendor): string[] {
  const guide = GUIDES.find(({ kind }) => kind === vendor.kind)
  const links = [
    ...(vendor.documentation === undefined ? [] : [`[reference of its API](${vendor.documentation})`]),
    ...(guide === undefined ? [] : [`[guide](../guides/vendors/${guide.name}.md)`]),
  ]
  return [
    `### ${vendor.kind}`,
    '',
    [vendor.title, ...links].join(' · '),
    '',
    ...table(['', ''], factsOf(vendor)),
    '',
    ...(vendor.notes ?? []).map((note) => `- ${note}`),
    ...(vendor.notes === undefined ? [] : ['']),
  ]
}

const COLUMNS: readonly Carriage[] = ['passes', 'translated', 'not served']

/** A vendor is named once where it is meant with all its models. */
function labelsOf(those: readonly Served[]): string[] {
  return [...Map.groupBy(those, ({ vendor }) => vendor)].flatMap(([vendor, families]) =>
    families.length === servedBy([vendor]).length ? [`\`${vendor.kind}\``] : families.map(({ label }) => label),
  )
}

/** A surface's row: who is in each column, the fullest of which is not spelled out. */
function carriageRow(surface: CallersSurface): string[] {
  const served = servedBy(ALL)
  const columns = COLUMNS.map((wanted) => served.filter(({ vendor, model }) => surface.carriage(vendor, model) === wanted))
  const counted = served.length - columns.flat().length
  const most = Math.max(...columns.map((those) => those.length), counted)
  const names = columns.map((those) => (those.length === most ? 'all others' : listed(labelsOf(those), ', ')))
  const paths = surface.paths.map((path) => `\`${path}\``).join(', ')
  const also = surface.alsoBelow.length === 0 ? '' : `, also below ${surface.alsoBelow.map((prefix) => `\`${prefix}\``).join(', ')}`
  const [passes = '', translated = '', missing = ''] = names
  return [
    `${DIALECT_WORDS[surface.dialect].name}${surface.older ? ', an older form' : ''}: ${paths}${also}`,
    passes,
    translated,
    counted > 0 ? 'all others: the gateway counts itself' : missing,
  ]
}

/** Every kind of provider: how it is reached, and what is spoken with it. */
export const providersPage: Page = {
  file: 'reference/providers.md',
  text: () =>
    [
      ...heading('Providers', 'the vendors of `packages/providers` and the surfaces of `packages/gateway`'),
      'A provider is an account at one of these vendors; its `kind` says which. How one is connected: [Connect a provider](../guides/connect-a-provider.md),',
      "and for many a [guide of two steps](../guides/vendors/README.md). Any other server that speaks OpenAI's dialect is",
      '[`openai-compatible`](#openai-compatible).',
      '',
      ...overview(),
      '',
      '**Connected by**: the environment variables that connect it at the start, without a file. All that are joined by + must be set.',
      '',
      '## Who is called in which words',
      '',
      'Where a caller and a vendor speak alike, the body passes through byte for byte, but for the members that must change. Everywhere else it is',
      'translated. What is not served is refused with 400 `request_invalid`.',
      '',
      ...table(['callers speak', 'passes through to', 'translated for', 'not served by'], CALLERS_SURFACES.map(carriageRow)),
      '',
      '## One by one',
      '',
      '- **serves**: what callers can have of it, passed through or translated. Whether a model can do it is for the vendor to say.',
      '- **output limit**: the member that carries it, unless the model says otherwise.',
      '- **differs**: what is done for it, above all where a request is translated. What it does not take is then refused by name, or left out and',
      '  listed in `Faregate-Dropped`, as the caller wishes: [Clients](../guides/clients.md#what-cannot-be-carried). Marks for the prompt cache and',
      '  names of speakers are left out without a word.',
      '',
      ...ALL.flatMap(sectionOf),
    ].join('\n'),
}
