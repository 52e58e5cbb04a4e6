import { parentPort, workerData } from 'node:worker_threads'
import { contractCases } from '../contract/cases.ts'
import { Contract } from '../contract/contract.ts'
import { documentChanges } from './diff/document.ts'
import { jsonOf } from './json.ts'
import type { DocumentReply, DocumentTask } from './messages.ts'
import { designedRoutes, shapeOf, type DesignedRoute } from './operations.ts'

/** Entry of the thread in which one document is read: however large or hostile it is, nothing else waits for it. */
async function carryOut(task: DocumentTask): Promise<DocumentReply> {
  if (task.kind === 'compare') return { kind: 'compared', changes: compared(task.before, task.after) }
  if (task.kind === 'compile') {
    const { compileContract } = await import('../contract/compile.ts')
    const document = jsonOf(JSON.parse(task.document))
    const contract = compileContract(document)
    return { kind: 'compiled', contract, plan: task.plan ? contractCases(document, new Contract(contract)) : undefined }
  }
  // What reads documents takes long to load, and is not needed to compare two.
  const { readDesign } = await import('./design.ts')
  const { text, before } = task
  const { design, findings } = readDesign(text)
  if (design === undefined || before === undefined) return { kind: 'read', read: { design, findings, changes: [], gone: [] } }
  const gone = missing(designedRoutes(jsonOf(JSON.parse(before))), design.routes)
  return { kind: 'read', read: { design, findings, changes: compared(before, design.document), gone } }
}

function compared(before: string, after: string) {
  return documentChanges(jsonOf(JSON.parse(before)), jsonOf(JSON.parse(after)))
}

function missing(before: DesignedRoute[], after: DesignedRoute[]): DesignedRoute[] {
  const there = new Set(after.map(({ method, path }) => shapeOf(method, path)))
  return before.filter(({ method, path }) => !there.has(shapeOf(method, path)))
}

parentPort?.postMessage(await carryOut(workerData as DocumentTask))
