import type { ApiEntry } from '@faregate/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerProblem, type ProblemDeps } from '../http/problem-answer.ts'
import { viewerOf, type ViewerDeps } from './viewer.ts'
import { visibleOf } from './visible.ts'

interface Found {
  entry: ApiEntry
  successor: string | null
}

/** What the viewers of requests may see. What they may not is answered like what is not there. */
export function createSight(deps: ProblemDeps & ViewerDeps) {
  const { admin } = deps
  const missing = (request: FastifyRequest, reply: FastifyReply) =>
    answerProblem(deps, request, reply, {
      code: 'not_found',
      detail: 'There is no such API that you may see; /catalogue lists those that you may.',
    })

  /** What the viewer of a request may see of these APIs; undefined: the request is answered already. */
  const seen = async (request: FastifyRequest, reply: FastifyReply, entries: ApiEntry[]): Promise<ApiEntry[] | undefined> => {
    const viewer = await viewerOf(deps, request)
    if ('code' in viewer) {
      answerProblem(deps, request, reply, viewer)
      return undefined
    }
    // What is shown to a key is nobody else's to keep.
    reply.headers({ vary: 'authorization, x-api-key', 'cache-control': viewer.known ? 'private, no-store' : 'no-cache' })
    return visibleOf(admin.store.read, entries, viewer, admin.clock.now())
  }
  /** An API, and what takes its place, if the viewer may see that as well: one that is hidden is not named by another. */
  const one = async (request: FastifyRequest, reply: FastifyReply, name: string): Promise<Found | undefined> => {
    const { apis } = admin.snapshot()
    const entry = apis.get(name)
    const next = apis.get(entry?.retirement?.successor ?? '')
    const visible = await seen(
      request,
      reply,
      [entry, next].filter((api) => api !== undefined),
    )
    if (visible === undefined) return undefined
    if (entry !== undefined && visible.includes(entry)) return { entry, successor: visible.find((api) => api === next)?.name ?? null }
    missing(request, reply)
    return undefined
  }
  return { seen, one }
}
