import type { InProcessAnswer } from '@faregate/wire'
import type { UpstreamCall, UpstreamSink } from '../edge.ts'

/** Plays an in-process answer into a sink, as if it came from an upstream. */
export function playInProcess(answer: (signal: AbortSignal) => Promise<InProcessAnswer>, sink: UpstreamSink): UpstreamCall {
  const controller = new AbortController()
  let gate: { open: () => void; opened: Promise<void> } | undefined
  const play = async (): Promise<void> => {
    const { status, headers, body } = await answer(controller.signal)
    if (controller.signal.aborted) return
    sink.head(status, headers)
    for await (const chunk of body) {
      if (gate !== undefined) await gate.opened
      if (controller.signal.aborted) return
      sink.data(chunk)
    }
    if (gate !== undefined) await gate.opened
    if (!controller.signal.aborted) sink.end()
  }
  play().catch((error: unknown) => {
    if (!controller.signal.aborted) sink.error({ reason: 'protocol', detail: String(error) })
  })
  return {
    pause: () => {
      if (gate !== undefined) return
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { open: resolve, opened: promise }
    },
    resume: () => {
      gate?.open()
      gate = undefined
    },
    abort: () => {
      controller.abort()
      gate?.open()
    },
  }
}
