import { accountsOf, vendors } from '@faregate/providers'
import type { Vendor } from '@faregate/wire'
import { table, type Page } from '../page.ts'
import { CALLS, curlOf, shownJson } from './calls.ts'
import { CALLERS_SURFACES } from './carriage.ts'
import type { CallDialect, VendorGuide } from './guide.ts'
import { GUIDES } from './guides.ts'
import { DIALECT_WORDS } from './words.ts'

function vendorOf({ kind }: VendorGuide): Vendor {
  const vendor = vendors.get(kind)
  if (vendor === undefined) throw new Error(`a guide for ${kind}, which no vendor is called`)
  return vendor
}

function fenced(info: string, text: string): string[] {
  return [`\`\`\`${info}`, ...text.split('\n'), '```']
}

/** The address in the file: a variable's, else the vendor's own. */
function addressOf(guide: VendorGuide): string {
  const address = guide.address ?? vendorOf(guide).defaultBaseUrl
  if (address === undefined) throw new Error(`the guide ${guide.name} says no address`)
  return `\${${guide.addressVariable}:-${address}}`
}

function configuration(guide: VendorGuide): string {
  const { kind, key, model, as = model, price } = guide
  const deployment = `{ provider: ${kind}, model: ${model.includes(':') ? JSON.stringify(model) : model} }`
  return [
    '# faregate.yaml',
    'providers:',
    `  - name: ${kind}`,
    `    kind: ${kind}`,
    `    baseUrl: ${addressOf(guide)}`,
    ...(key === undefined ? [] : [`    apiKey: \${${key.variable}}`]),
    'models:',
    `  ${as}:${as === model ? '' : '  # as callers name it'}`,
    `    deployments: [${deployment}]`,
    ...(price === undefined ? [] : [`    price: { input: "${price.input}", output: "${price.output}" }`]),
  ].join('\n')
}

function priceSentence({ price, kind }: VendorGuide): string {
  if (price === undefined) return 'The model costs what the catalogue says; a `price` of its own goes before it.'
  const why =
    vendors.get(kind)?.keyless === true ? 'What a server of your own costs is for you to say' : 'The catalogue has no prices of this vendor'
  return `${why}: \`price\` is per million tokens, and these are examples. Without one the model is refused, not served free.`
}

function addressSentence(guide: VendorGuide): string {
  const { addressVariable, address } = guide
  if (address !== undefined) return `The address is an example: put yours in its place, or in \`${addressVariable}\`.`
  return `\`baseUrl\` could be left out: it is the default, unless \`${addressVariable}\` names another, such as a proxy's.`
}

/** How it is connected by variables alone. */
function environmentSentence(guide: VendorGuide): string[] {
  const [account] = accountsOf(vendorOf(guide))
  if (account === undefined) return []
  const names = account.variables.map((name) => `\`${name}\``).join(' and ')
  const alone = account.variables.length === 1 ? `${names} alone connects` : `${names} connect`
  return [`Without a configuration file, ${alone} it: [From the environment](../connect-a-provider.md#from-the-environment).`, '']
}

function connecting(guide: VendorGuide): string[] {
  const { first, key } = guide
  const notes = [...(vendorOf(guide).notes ?? []), ...(guide.notes ?? [])]
  return [
    '## 1. Connect it',
    '',
    ...(first === undefined ? [] : [first.sentence, '', '<!-- It needs that server. -->', ...fenced('sh no-run', first.command), '']),
    '`faregate.yaml`, in the folder from which the gateway is started:',
    '',
    ...fenced('yaml', configuration(guide)),
    '',
    `${addressSentence(guide)} ${priceSentence(guide)}`,
    '',
    ...notes.map((note) => `- ${note}`),
    ...(notes.length === 0 ? [] : ['']),
    ...environmentSentence(guide),
    ...fenced('sh serve', [...(key === undefined ? [] : [`export ${key.variable}=${key.is}`]), 'npm start'].join('\n')),
    '',
    'In a second terminal, a key for a caller, with credit:',
    '',
    ...fenced('sh', 'npx faregate key create --credit 5'),
    ...fenced('sh', 'export FAREGATE_KEY=fg_…'),
    '',
  ]
}

/** Whether the bytes of a caller of this dialect pass through to the vendor. */
function passes(guide: VendorGuide, dialect: CallDialect): boolean {
  const surface = CALLERS_SURFACES.find((one) => one.dialect === dialect)
  if (surface === undefined) throw new Error(`no surface speaks ${dialect}`)
  return surface.carriage(vendorOf(guide), guide.model) === 'passes'
}

function callIn(guide: VendorGuide, dialect: CallDialect, sentence: string): string[] {
  const { model, as = model } = guide
  const call = CALLS[dialect]
  // What passes through comes back as the vendor wrote it; what is translated names the model as the caller did.
  const named = passes(guide, dialect) ? model : as
  return [sentence, '', ...fenced('sh', curlOf(call, as)), ...fenced('json', shownJson(call.answer(named))), '']
}

function calling(guide: VendorGuide): string[] {
  const { own } = guide
  const through = passes(guide, 'openai-chat')
  const [spoken] = vendorOf(guide).dialects
  if (spoken === undefined || (own !== undefined && !passes(guide, own))) throw new Error(`the guide ${guide.name} claims what is not so`)
  const words = DIALECT_WORDS[own ?? spoken].name
  return [
    '## 2. Call it',
    '',
    ...callIn(
      guide,
      'openai-chat',
      through
        ? "In OpenAI's dialect, which it speaks itself, so that the bytes pass through:"
        : `In OpenAI's dialect, translated into ${DIALECT_WORDS[spoken].name}:`,
    ),
    ...(own === undefined
      ? []
      : callIn(guide, own, `In ${through ? 'its other dialect' : 'its own dialect'}, ${words}; the bytes pass through:`)),
    ...(through || own !== undefined ? [] : [`No caller speaks ${words} to the gateway; every other dialect is translated alike.`, '']),
  ]
}

function pageOf(guide: VendorGuide): Page {
  return {
    file: `guides/vendors/${guide.name}.md`,
    text: () =>
      [
        `# The ${guide.api} API in two steps`,
        '',
        'This page is generated from `tools/docs/vendors` (`npm run docs`). `tests/docs/vendors.test.ts` follows it, with a stand-in for the vendor.',
        '',
        `${guide.about} All about this kind of provider: [Providers](../../reference/providers.md#${guide.kind}).`,
        '',
        ...connecting(guide),
        ...calling(guide),
        ...afterwards(guide),
      ].join('\n'),
  }
}

/** What `faregate requests` prints after the calls of a guide. */
function requestsOf({ own, model, as = model }: VendorGuide): string {
  const width = Math.max(as.length, 'MODEL'.length)
  const row = `…                    req_…  ${as.padEnd(width)}  served        –     200  0.0…   …`
  return [
    `AT                   ID     ${'MODEL'.padEnd(width)}  OUTCOME  DENIAL  STATUS  COST  MS`,
    row,
    ...(own === undefined ? [] : [row]),
  ].join('\n')
}

function afterwards(guide: VendorGuide): string[] {
  return [
    'What it cost:',
    '',
    ...fenced('sh', 'npx faregate requests'),
    ...fenced('text', requestsOf(guide)),
    '',
    'Streams, SDKs and errors: [Clients](../clients.md). Several keys, several deployments, prices: [Connect a provider](../connect-a-provider.md).',
    '',
  ]
}

/** A guide for each named vendor. */
export const guidePages: readonly Page[] = GUIDES.map(pageOf)

/** What lists them. */
export const guideIndex: Page = {
  file: 'guides/vendors/README.md',
  text: () =>
    [
      '# Vendors, in two steps each',
      '',
      'This page is generated from `tools/docs/vendors` (`npm run docs`). Other kinds of provider are connected alike: [Providers](../../reference/providers.md).',
      '',
      ...table(
        ['guide', 'what is there'],
        GUIDES.map(({ name, api, about }) => [`[${api}](${name}.md)`, about]),
      ),
      '',
    ].join('\n'),
}
