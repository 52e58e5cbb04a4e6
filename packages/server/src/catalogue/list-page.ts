import { html, type Html } from '../pages/html.ts'
import type { CatalogueEntry } from './entry.ts'
import type { Search } from './search.ts'

export interface CatalogueList {
  data: CatalogueEntry[]
  /** Of all pages. */
  total: number
  number: number
  next: number | null
  search: Search
  categories: Word[]
  tags: Word[]
}

interface Word {
  word: string
  apis: number
}

/** So many words are offered to choose from. */
const MOST_WORDS = 30

/** `/catalogue`: which APIs there are, searched and sorted by addresses alone. */
export function listPage({ data, total, number, next, search, categories, tags }: CatalogueList): Html {
  const { q = '', category, tag } = search
  return html`<form method="get" action="/catalogue" role="search">
      <label for="q">Search names, titles, paths and summaries</label>
      <input id="q" name="q" type="search" value="${q}" maxlength="200" />
      ${kept('category', category)} ${kept('tag', tag)}
      <button type="submit">Search</button>
    </form>
    ${words('Categories', 'category', categories, search)} ${words('Tags', 'tag', tags, search)}
    <h2 id="found">${found(total)}</h2>
    ${
      total === 0
        ? html`<p>Nothing fits. <a href="/catalogue">Show all</a></p>`
        : html`<ul class="cards">
            ${data.map(card)}
          </ul>`
    }
    ${pages(number, next, search)}
    <p class="soft">
      For programs: <a href="/catalogue.json">the same as data</a>. With a key, as <code>Authorization: Bearer</code>, what it may see
      besides is listed, too.
    </p>`
}

/** What was chosen before stays chosen while words are searched. */
function kept(name: string, value: string | undefined): Html | undefined {
  return value === undefined ? undefined : html`<input type="hidden" name="${name}" value="${value}" />`
}

function found(total: number): string {
  return total === 1 ? '1 API' : `${total} APIs`
}

function card({ name, title, summary, state, categories }: CatalogueEntry): Html {
  return html`<li>
    <a href="/catalogue/${name}"
      >${title}${state === 'in service' ? undefined : html` <strong class="badge">${state}</strong>`}
      <span>${summary ?? name}</span>
      ${categories.length === 0 ? undefined : html`<span class="soft">${categories.join(' · ')}</span>`}</a
    >
  </li>`
}

/** Each word is a link; the one that is chosen is said to be, and its link takes it back. */
function words(title: string, kind: 'category' | 'tag', all: readonly Word[], search: Search): Html | undefined {
  if (all.length === 0) return undefined
  const links = all.slice(0, MOST_WORDS).map(({ word, apis }) => {
    const chosen = search[kind] === word
    const href = addressOf({ ...search, [kind]: chosen ? undefined : word })
    return chosen
      ? html`<li>
          <a href="${href}" aria-current="true"><strong>${word}</strong> (take back)</a>
        </li>`
      : html`<li><a href="${href}">${word}</a> <span class="soft">${apis}</span></li>`
  })
  return html`<nav aria-label="${title}">
    <h2>${title}</h2>
    <ul class="words">
      ${links}
    </ul>
  </nav>`
}

function pages(number: number, next: number | null, search: Search): Html | undefined {
  if (number === 1 && next === null) return undefined
  return html`<nav aria-label="Pages of the list">
    <p>
      ${number === 1 ? undefined : html`<a rel="prev" href="${addressOf(search, number - 1)}">Previous</a>`} Page ${number}
      ${next === null ? undefined : html`<a rel="next" href="${addressOf(search, next)}">Next</a>`}
    </p>
  </nav>`
}

function addressOf(search: Search, number = 1): string {
  const query = new URLSearchParams(Object.entries(search).filter(([, value]) => value !== undefined))
  if (number > 1) query.set('page', String(number))
  return query.size === 0 ? '/catalogue' : `/catalogue?${query.toString()}`
}
