import type { FastifyInstance, FastifyReply } from 'fastify'
import { answerProblem, type ProblemDeps } from '../http/problem-answer.ts'
import { guideIndex, guidePage, listGuides, readGuide } from './guides.ts'
import { homePage, type HomeFacts } from './home.ts'
import type { Html } from './html.ts'
import { PAGE_HEADERS, page } from './layout.ts'
import { problemIndex, problemPage } from './problem-pages.ts'
import { referencePage, type OpenApi } from './reference.ts'

export interface PageDeps extends ProblemDeps {
  version: string
  guides: string
  home: () => HomeFacts
  /** The management API's own description, JSON: so page and data cannot differ. */
  openApi: () => Promise<string>
}

interface Named {
  Params: { name: string }
}

/** The pages that anyone may read: nothing in them is about an account. */
export function mountPages(server: FastifyInstance, deps: PageDeps): void {
  const send = (reply: FastifyReply, title: string, body: Html) => reply.headers(PAGE_HEADERS).send(page(title, body, deps.version))

  server.get('/', (_request, reply) => send(reply, 'Faregate', homePage(deps.home())))
  server.get('/problems', (_request, reply) => send(reply, 'Problems', problemIndex()))
  server.get<Named>('/problems/:name', (request, reply) => {
    const found = problemPage(request.params.name)
    if (found !== undefined) return send(reply, found.title, found.body)
    return answerProblem(deps, request, reply, { code: 'not_found', detail: 'There is no problem of that name; /problems lists them.' })
  })
  server.get('/docs', (_request, reply) => send(reply, 'Guides', guideIndex(listGuides(deps.guides))))
  server.get<Named>('/docs/:name', (request, reply) => {
    const guide = readGuide(deps.guides, request.params.name)
    if (guide !== undefined) return send(reply, guide.title, guidePage(guide))
    return answerProblem(deps, request, reply, { code: 'not_found', detail: 'There is no guide of that name; /docs lists them.' })
  })
  server.get('/api/reference', async (_request, reply) => {
    const document = JSON.parse(await deps.openApi()) as OpenApi
    return send(reply, 'API reference', referencePage(document))
  })
}
