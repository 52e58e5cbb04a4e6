import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { configurationJsonSchema } from '../config/json-schema.ts'
import { answerProblem, type ProblemDeps } from '../http/problem-answer.ts'
import { documentIndex, documentPage, readDocument, readSchema, type Shelf } from './documents.ts'
import { homePage, type HomeFacts } from './home.ts'
import type { Html } from './html.ts'
import { PAGE_HEADERS, page } from './layout.ts'
import { problemIndex, problemPage } from './problem-pages.ts'
import { referencePage, type OpenApi } from './reference.ts'

export interface PageDeps extends ProblemDeps {
  version: string
  /** The folder of the documentation. */
  docs: string
  home: () => HomeFacts
  /** The management API's own description, JSON: so page and data cannot differ. */
  openApi: () => Promise<string>
}

interface Named {
  Params: { name: string }
}

type Send = (reply: FastifyReply, title: string, body: Html) => FastifyReply

/** The pages that anyone may read: nothing in them is about an account. */
export function mountPages(server: FastifyInstance, deps: PageDeps): void {
  const send: Send = (reply, title, body) => reply.headers(PAGE_HEADERS).send(page(title, body, deps.version))

  server.get('/', (_request, reply) => send(reply, 'Faregate', homePage(deps.home())))
  server.get('/problems', (_request, reply) => send(reply, 'Problems', problemIndex()))
  server.get<Named>('/problems/:name', (request, reply) => {
    const found = problemPage(request.params.name)
    if (found !== undefined) return send(reply, found.title, found.body)
    return answerProblem(deps, request, reply, { code: 'not_found', detail: 'There is no problem of that name; /problems lists them.' })
  })
  mountDocuments(server, deps, send)
  server.get('/api/reference', async (_request, reply) => {
    const document = JSON.parse(await deps.openApi()) as OpenApi
    return send(reply, 'API reference', referencePage(document))
  })
}

function mountDocuments(server: FastifyInstance, deps: PageDeps, send: Send): void {
  const missing = (request: FastifyRequest, reply: FastifyReply) =>
    answerProblem(deps, request, reply, { code: 'not_found', detail: 'There is no page of that name; /docs lists them.' })
  const show = (shelf: Shelf) => (request: FastifyRequest<Named>, reply: FastifyReply) => {
    const document = readDocument(deps.docs, shelf, request.params.name)
    return document === undefined ? missing(request, reply) : send(reply, document.title, documentPage(document))
  }
  server.get('/docs', (_request, reply) => send(reply, 'Guides', documentIndex(deps.docs)))
  server.get<Named>('/docs/:name', show('guides'))
  server.get<Named>('/docs/vendors/:name', show('guides/vendors'))
  server.get<Named>('/docs/reference/:name', show('reference'))
  // For editors: `# yaml-language-server: $schema=…`.
  server.get('/docs/reference/configuration.schema.json', (_request, reply) =>
    reply.type('application/schema+json').send(JSON.stringify(configurationJsonSchema(), null, 2)),
  )
  server.get('/docs/reference/files.schema.json', (request, reply) => {
    const schema = readSchema(deps.docs, 'files')
    return schema === undefined ? missing(request, reply) : reply.type('application/schema+json').send(schema)
  })
}
