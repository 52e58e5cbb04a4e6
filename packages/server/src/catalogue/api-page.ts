import { meteredTexts } from '@faregate/core'
import { isMailAddress } from '@faregate/lifecycle'
import { html, type Html } from '../pages/html.ts'
import type { LoggedRelease } from './changelog.ts'
import type { CataloguePage } from './entry.ts'

/** On the page; the data has more, the document all. */
const MOST_ROUTES = 200

/** `/catalogue/NAME`: what an API does, how it is called, what that costs, how it is bought, and how it changed. */
export function apiPage(api: CataloguePage, description: Html | undefined): Html {
  const { logo, summary, example, callers } = api
  return html`${logo === null ? undefined : html`<img class="logo" src="${logo}" alt="" />`} ${goes(api)}
    ${summary === null ? undefined : html`<p>${summary}</p>`} ${facts(api)}
    ${description === undefined ? undefined : html`<section aria-label="Description">${description}</section>`}
    <h2 id="call">Call it</h2>
    <p>With ${callersTold(callers)}; capitals in the path stand for what you ask about.</p>
    <pre tabindex="0"><code>${example}</code></pre>
    ${routes(api)} ${models(api)} ${plans(api)} ${changelog(api)}`
}

/** In which ways callers prove who they are: one of them is enough. */
function callersTold(callers: CataloguePage['callers']): Html | string {
  const [only, ...others] = callers
  if (only?.way === 'key' && others.length === 0) return html`a key of yours in <code>FAREGATE_KEY</code>`
  return callers.map(({ told }) => told).join('; or ')
}

function goes({ state, retirement }: CataloguePage): Html | undefined {
  if (retirement === null) return undefined
  const { since, sunset, successor, link } = retirement
  const until = sunset === null ? undefined : html` It is to be retired on ${dayOf(sunset)}.`
  return html`<p class="notice">
    <strong class="badge">${state}</strong> since ${dayOf(since)}.${until}
    ${successor === null ? undefined : html`<a href="/catalogue/${successor}">${successor}</a> takes its place.`}
    ${link === null ? undefined : html`<a href="${link}" rel="noopener noreferrer">How to move</a>`}
  </p>`
}

function facts({ name, url, openapi, owner, contact, categories, tags, release }: CataloguePage): Html {
  const rows: [string, Html | string | undefined][] = [
    ['Address', html`<code>${url}</code>`],
    ['OpenAPI', openapi === null ? undefined : html`<a href="/catalogue/${name}/openapi.json">openapi.json</a>`],
    ['Release', release === null ? undefined : String(release)],
    ['Owner', owner ?? undefined],
    [
      'Support',
      contact === null
        ? undefined
        : html`<a href="${isMailAddress(contact) ? `mailto:${contact}` : contact}" rel="noopener noreferrer">${contact}</a>`,
    ],
    ['Categories', wordLinks('category', categories)],
    ['Tags', wordLinks('tag', tags)],
  ]
  const shown = rows.flatMap(([title, value]) =>
    value === undefined
      ? []
      : [
          html`<tr>
            <th scope="row">${title}</th>
            <td>${value}</td>
          </tr>`,
        ],
  )
  return html`<table class="facts">
    <tbody>
      ${shown}
    </tbody>
  </table>`
}

function wordLinks(kind: string, words: readonly string[]): Html | undefined {
  if (words.length === 0) return undefined
  return html`${words.map((word, index) => html`${index === 0 ? '' : ', '}<a href="/catalogue?${new URLSearchParams({ [kind]: word }).toString()}">${word}</a>`)}`
}

function routes({ endpoints, routes: count, currency, rates }: CataloguePage): Html {
  const rows = endpoints
    .slice(0, MOST_ROUTES)
    .map((endpoint) => [
      html`<code>${endpoint.method}</code>`,
      html`<code>${endpoint.path}</code> ${routeBadge(endpoint.deprecated)}`,
      costOf(endpoint, currency) ?? byTokens(rates, currency),
      chargedFor(endpoint),
    ])
  const rest = count - rows.length
  return html`<h2 id="routes">What can be called</h2>
    <p class="soft">Prices are of one call, before what an organization has agreed or has a plan for.</p>
    ${table('Routes', ['method', 'path', 'price', 'charged for'], rows)} ${rest > 0 ? html`<p>And ${rest} more.</p>` : undefined}`
}

function chargedFor({ free, webSocket, chargedFor: classes }: CataloguePage['endpoints'][number]): string {
  if (free) return ''
  return webSocket ? 'a WebSocket that opens' : classes.join(', ')
}

/** Undefined: nothing is said of the route itself. */
function costOf({ price, metered, free }: CataloguePage['endpoints'][number], currency: string): string | undefined {
  if (free) return 'free'
  const parts = [...(price === null ? [] : [`${price} ${currency}`]), ...meteredTexts(metered ?? {}, currency)]
  return parts.length === 0 ? undefined : parts.join(' and ')
}

/** By which names models are called, and what each costs. */
function models({ models: all, currency }: CataloguePage): Html | undefined {
  if (all === null) return undefined
  const rows = Object.entries(all).map(([name, rates]) => [html`<code>${name}</code>`, byTokens(rates, currency)])
  return html`<h2 id="models">Models</h2>
    ${table('Models', ['model', 'price'], rows)}`
}

function routeBadge(deprecated: CataloguePage['endpoints'][number]['deprecated']): Html | undefined {
  if (deprecated === null) return undefined
  const { since, sunset, successor } = deprecated
  return html`<strong class="badge">deprecated</strong> since
    ${dayOf(since)}${sunset === null ? '' : `, until ${dayOf(sunset)}`}${successor === null ? '' : `; ${successor} takes its place`}`
}

/** A prompt costs what its model does. */
function byTokens(rates: CataloguePage['rates'], currency: string): string {
  if (rates === null) return 'by what the model reads and writes'
  const each = Object.entries(rates).map(([bucket, rate]) => `${bucket} ${rate} ${currency}`)
  return `a million tokens: ${each.join(', ')}`
}

function plans({ plans: all, currency }: CataloguePage): Html | undefined {
  if (all.length === 0) return undefined
  const rows = all.map(({ name, price, period, trialDays, approval, exclusive, quotas }) => [
    name,
    period === 'free' ? 'free' : `${price} ${currency} a ${period}`,
    quotas.map(({ calls, overage }) => `${calls} calls${overage === null ? '' : `, more at ${overage} times the price`}`).join('; '),
    [
      ...(trialDays > 0 ? [`${trialDays} days of trial`] : []),
      ...(approval ? ['waits for approval'] : []),
      ...(exclusive ? ['only with a plan'] : []),
    ].join(', '),
  ])
  return html`<h2 id="plans">Plans that include it</h2>
    ${table('Plans', ['plan', 'price', 'included', 'terms'], rows)}`
}

function changelog({ changelog: releases }: CataloguePage): Html | undefined {
  if (releases.length === 0) return undefined
  return html`<h2 id="changelog">Changelog</h2>
    ${releases.map(logged)}`
}

function logged({ number, inForce, publishedAt, note, breaking, changes, more }: LoggedRelease): Html {
  const rows = changes.map((change) => [change.breaking ? `${change.kind}, breaking` : change.kind, change.at, change.what])
  return html`<h3>
      Release ${number},
      ${dayOf(publishedAt)}${inForce ? html` <span class="badge">in force</span>` : undefined}${breaking ? html` <strong class="badge">breaking</strong>` : undefined}
    </h3>
    ${note === null ? undefined : html`<p>${note}</p>`}
    ${rows.length === 0 ? undefined : table(`Changes of release ${number}`, ['change', 'where', 'what'], rows)}
    ${more > 0 ? html`<p>And ${more} more changes.</p>` : undefined}`
}

function table(title: string, columns: string[], rows: (Html | string)[][]): Html {
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  )
  return html`<div class="wide" tabindex="0" role="region" aria-label="${title}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`
}

function dayOf(time: string): string {
  return time.slice(0, 10)
}
