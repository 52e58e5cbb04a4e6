import type { ApiEntry } from '@faregate/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerProblem, type ProblemDeps } from '../http/problem-answer.ts'
import { pageHeaders, page } from '../pages/layout.ts'
import { apiPage } from './api-page.ts'
import { createChangelogs } from './changelog.ts'
import { descriptionOf } from './description.ts'
import { createPublishedDocuments } from './document.ts'
import { entryOf, pageOf } from './entry.ts'
import { listPage } from './list-page.ts'
import { searched, wordsOf, type Search } from './search.ts'
import { createSight } from './sight.ts'
import type { ViewerDeps } from './viewer.ts'

export interface CatalogueDeps extends ProblemDeps, ViewerDeps {
  version: string
}

interface Named {
  Params: { name: string }
}

/** Of a list, on one page. */
const ON_A_PAGE = 50

/** The published APIs for whoever looks for one: pages for people, the same as data. What a viewer may not see is not there. */
export function mountCatalogue(server: FastifyInstance, deps: CatalogueDeps): void {
  const { admin } = deps
  const changelogs = createChangelogs(admin)
  const documents = createPublishedDocuments(admin)
  const { seen, one } = createSight(deps)

  server.get('/catalogue', async (request, reply) => {
    const visible = await seen(request, reply, [...admin.snapshot().apis.values()])
    if (visible === undefined) return reply
    const search = searchOf(request)
    const part = partOf(searched(visible, search), pageNumberOf(request))
    const words = { categories: wordsOf(searched(visible, {}), 'categories'), tags: wordsOf(searched(visible, {}), 'tags') }
    const body = listPage({ ...part, data: part.data.map((entry) => entryOf(admin, entry)), search, ...words })
    return reply.headers(withoutCaching(pageHeaders())).send(page('APIs', body, deps.version))
  })

  server.get('/catalogue.json', async (request, reply) => {
    const visible = await seen(request, reply, [...admin.snapshot().apis.values()])
    if (visible === undefined) return reply
    const { data, total, next } = partOf(searched(visible, searchOf(request)), pageNumberOf(request))
    return reply.type('application/json').send(JSON.stringify({ data: data.map((entry) => entryOf(admin, entry)), total, next }))
  })

  server.get<Named>('/catalogue/:name', async (request, reply) => {
    const { name } = request.params
    const asData = name.endsWith('.json')
    const found = await one(request, reply, asData ? name.slice(0, -'.json'.length) : name)
    if (found === undefined) return reply
    const { entry, successor } = found
    const shown = await pageOf(admin, changelogs, entry, successor)
    if (asData) return reply.type('application/json').send(JSON.stringify(shown))
    return reply
      .headers(withoutCaching(pageHeaders(shown.logo)))
      .send(page(shown.title, apiPage(shown, descriptionOf(entry)), deps.version))
  })

  server.get<Named>('/catalogue/:name/openapi.json', async (request, reply) => {
    const found = await one(request, reply, request.params.name)
    if (found === undefined) return reply
    const { entry } = found
    const document = await documents(entry)
    if (document === undefined)
      return answerProblem(deps, request, reply, { code: 'not_found', detail: `The API "${entry.name}" has no OpenAPI document.` })
    reply.header('etag', document.etag)
    if (sameTag(request.headers['if-none-match'], document.etag)) return reply.code(304).send()
    return reply.type('application/json').send(document.text)
  })
}

/** How long a page may be kept was said before. */
function withoutCaching({ 'cache-control': _said, ...headers }: Record<string, string>): Record<string, string> {
  return headers
}

function sameTag(sent: string | undefined, etag: string): boolean {
  return sent?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*') === true
}

function searchOf(request: FastifyRequest): Search {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const text = (name: string) => {
    const value = query.get(name)?.trim().slice(0, 200)
    return value === '' ? undefined : value
  }
  return { q: text('q'), category: text('category'), tag: text('tag') }
}

function pageNumberOf(request: FastifyRequest): number {
  const asked = new URLSearchParams(request.url.split('?')[1] ?? '').get('page') ?? '1'
  return /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1
}

function partOf(entries: ApiEntry[], number: number) {
  const data = entries.slice((number - 1) * ON_A_PAGE, number * ON_A_PAGE)
  return { data, total: entries.length, number, next: entries.length > number * ON_A_PAGE ? number + 1 : null }
}
